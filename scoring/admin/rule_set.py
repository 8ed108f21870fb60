"""The admin pages of rule sets."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from leads.admin.pages import signed_in_admin
from leads.errors import LeadError
from leads.events.catalog import CATALOG
from scoring.admin.forms import RuleSetForm
from scoring.admin.inlines import FitRuleInline, JourneyInline, PersonaInline, PolicyInline, RuleInline
from scoring.engine.condition_definition import LEAD_FIELDS
from scoring.engine.definition import RuleSetError
from scoring.engine.facts import NEVER_SCORED_KINDS
from scoring.models import Journey, Persona, Policy, RuleSet, RuleSetStatus
from scoring.rules.progress import Progress, rescore_progress
from scoring.rules.publish import publish
from scoring.rules.revise import freeze, revise
from scoring.rules.state import lock_unchanged

RESCORING = "admin/scoring/ruleset/_rescoring.html"
STATUS_COLOURS = {RuleSetStatus.LIVE: "success", RuleSetStatus.DRAFT: "warning", RuleSetStatus.ARCHIVED: "info"}


@admin.register(RuleSet)
class RuleSetAdmin(ModelAdmin):
    """Rule sets. The live one is edited in place: saving archives the former version and publishes the new one."""

    form = RuleSetForm
    inlines = (PolicyInline, RuleInline, FitRuleInline, PersonaInline, JourneyInline)
    list_display = ("title", "shown_status", "published_at", "published_by", "note")
    list_select_related = ("published_by",)
    ordering = ("-version",)
    actions = None
    fieldsets = ((None, {"fields": (("name", "note"), ("behaviour_limit", "fit_limit"), "loaded_state")}),)
    change_form_outer_before_template = "admin/scoring/ruleset/_about.html"
    list_before_template = RESCORING
    warn_unsaved_form = True
    compressed_fields = False

    @display(description="rule set", ordering="version")
    def title(self, rule_set: RuleSet) -> str:
        """Return name and version."""
        return str(rule_set)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, rule_set: RuleSet) -> tuple[str, str]:
        """Return the status with its colour."""
        return rule_set.status, rule_set.get_status_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Drafts are created in the editor, as copies of a version, or by `manage.py rule_set import`."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        """Archived rule sets never change."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.status != RuleSetStatus.ARCHIVED)

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        """Only drafts can be deleted; stage changes refer to the other versions."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.status == RuleSetStatus.DRAFT

    def get_fieldsets(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Omit the hidden state on read-only pages."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return [(None, {"fields": (("name", "note"), ("behaviour_limit", "fit_limit"))})]

    # --- saving ---------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Save all or nothing: a refusal rolls the transaction back and is shown with the current values."""
        try:
            return super().changeform_view(request, object_id, form_url, {**self._about(), **(extra_context or {})})
        except (LeadError, RuleSetError) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> RuleSet | None:
        """Load a rule set; before saving it is locked, and refused if it changed since the user loaded it."""
        found: RuleSet | None = super().get_object(request, object_id, from_field)
        if found and "loaded_state" in request.POST:
            return lock_unchanged(found.pk, state=request.POST["loaded_state"])
        return found

    def _create_formsets(self, request: HttpRequest, obj: Any, change: bool) -> Any:
        """Give the policy's gates access to the personas and journeys on the page."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        by_model = {formset.model: formset for formset in formsets}
        if Policy in by_model:
            by_model[Policy].personas, by_model[Policy].journeys = by_model[Persona], by_model[Journey]
        return formsets, inlines

    def save_model(self, request: HttpRequest, obj: RuleSet, form: RuleSetForm, change: Any) -> None:
        """Remember the rule set before anything is stored."""
        form.former = freeze(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: RuleSetForm, formsets: Any, change: bool) -> None:
        """Publish once, after all parts are stored, and show the result."""
        super().save_related(request, form, formsets, change)
        by, now = signed_in_admin(request), timezone.now()
        if form.former.row.status == RuleSetStatus.LIVE:
            is_published = revise(form.instance.pk, former=form.former, by=by, now=now)
        else:
            is_published = "_publish" in request.POST
            if is_published:
                publish(form.instance, by=by, now=now)
        self.message_user(request, _outcome(RuleSet.objects.get(pk=form.instance.pk), is_published=is_published))

    def response_change(self, request: HttpRequest, obj: RuleSet) -> HttpResponse:
        """Stay on the page, which shows the progress of the rescoring."""
        return redirect(reverse("admin:scoring_ruleset_change", args=[obj.pk]))

    # --- the rescoring --------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the rescoring progress."""
        view = self.admin_site.admin_view(self.rescoring)
        return [path("rescoring/", view, name="scoring_ruleset_rescoring"), *super().get_urls()]

    def rescoring(self, request: HttpRequest) -> HttpResponse:
        """Return only the progress panel."""
        return render(request, RESCORING, {"progress": self._progress()})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the progress of the rescoring above the list."""
        return super().changelist_view(request, {"progress": self._progress(), **(extra_context or {})})

    def _about(self) -> dict[str, Any]:
        kinds = [kind for kind in CATALOG if kind.key not in NEVER_SCORED_KINDS]
        return {"progress": self._progress(), "event_kinds": kinds, "lead_fields": LEAD_FIELDS}

    def _progress(self) -> Progress:
        return rescore_progress(now=timezone.now())


def _outcome(rule_set: RuleSet, *, is_published: bool) -> str:
    if is_published:
        return f"{rule_set} is live. Every lead will be scored by it."
    if rule_set.status == RuleSetStatus.LIVE:
        return f"Nothing was changed, so {rule_set} stays live."
    return f"{rule_set} is saved as a draft; nothing is scored by it yet."
