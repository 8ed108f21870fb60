"""The URLs of scoring's screens."""

from django.urls import path

from scoring.web.backtest import accept_suggestion, backtest_page, decide_suggestion
from scoring.web.editor import edit_rules
from scoring.web.figures import rule_figures
from scoring.web.rules_page import progress, rules_page
from scoring.web.trial import try_page
from scoring.web.versions import (
    discard,
    draft_of_version,
    export_version,
    import_version,
    publish_version,
    version_page,
    versions,
)
from scoring.web.whatif import what_if

urlpatterns = [
    path("try/", try_page, name="scoring-try"),
    path("edit/", edit_rules, name="scoring-edit"),
    path("versions/", versions, name="scoring-versions"),
    path("versions/import/", import_version, name="scoring-import"),
    path("versions/<int:version>/", version_page, name="scoring-version"),
    path("versions/<int:version>/export/", export_version, name="scoring-export"),
    path("versions/<int:version>/draft/", draft_of_version, name="scoring-draft"),
    path("versions/<int:version>/discard/", discard, name="scoring-discard"),
    path("versions/<int:version>/publish/", publish_version, name="scoring-publish"),
    path("", rules_page, name="scoring"),
    path("progress/", progress, name="scoring-progress"),
    path("figures/", rule_figures, name="scoring-figures"),
    path("what-if/", what_if, name="scoring-what-if"),
    path("backtest/", backtest_page, name="scoring-backtest"),
    path("backtest/accept/", accept_suggestion, name="scoring-suggestion"),
    path("backtest/dismiss/", decide_suggestion, {"decision": "dismiss"}, name="scoring-suggestion-dismiss"),
    path("backtest/restore/", decide_suggestion, {"decision": "restore"}, name="scoring-suggestion-restore"),
]
