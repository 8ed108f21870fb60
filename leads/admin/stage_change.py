from django.contrib import admin
from unfold.decorators import display

from leads.admin.pages import ReadOnlyAdmin
from leads.models import StageChange


@admin.register(StageChange)
class StageChangeAdmin(ReadOnlyAdmin):
    """Stage changes, newest first."""

    list_display = ("changed_at", "lead", "from_stage", "to_stage", "reason", "shown_actor", "rule_set_version")
    list_select_related = ("lead", "actor")
    list_filter = ("to_stage",)
    search_fields = ("=lead__email",)
    search_help_text = "A lead's e-mail address"
    ordering = ("-id",)

    @display(description="by")
    def shown_actor(self, change: StageChange) -> str:
        """Return who moved the lead."""
        return str(change.actor) if change.actor else "Scoring"
