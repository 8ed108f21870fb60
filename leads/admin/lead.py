from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.decorators import display

from leads.admin.pages import ActingAdmin, signed_in_admin
from leads.models import Identifier, Lead
from leads.people.edit import EDITABLE, InvalidField, check_edit, edit_lead
from leads.people.search import search_words


class LeadForm(forms.ModelForm):
    """The fields that may be edited by hand; values that can't be stored are reported beside their field."""

    class Meta:
        model = Lead
        fields = EDITABLE

    @property
    def changes(self) -> dict[str, Any]:
        """The new values of the changed fields."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def clean(self) -> dict[str, Any]:
        """Check the changes with the action that stores them."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_edit(Lead.objects.get(pk=self.instance.pk), self.changes)
            except InvalidField as error:
                self.add_error(error.field, str(error))
        return cleaned


class IdentifierInline(TabularInline):
    """The lead's identifiers."""

    model = Identifier
    fields = readonly_fields = ("kind", "value", "created_at")
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("pk",)

    def has_add_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        """A new e-mail address or phone number of the lead becomes one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        """Identifiers move only in a merge."""
        return False


@admin.register(Lead)
class LeadAdmin(ActingAdmin):
    """Leads: profile fields are editable; what scoring, sales and the lifecycle write is read-only."""

    form = LeadForm
    inlines = (IdentifierInline,)
    list_display = ("name", "email", "organization", "stage", "rounded_score", "owner", "last_event_at")
    list_select_related = ("organization", "owner")
    list_filter = ("stage", "kind")
    search_fields = ("search__text",)
    search_help_text = "A part of a name, e-mail address, phone number or company"
    ordering = ("-id",)
    autocomplete_fields = ("organization",)
    readonly_fields = (
        "stage", "stage_changed_at", "recycled_at", "retry_on", "disqualified_at", "owner", "claimed_at", "respond_by",
        "score", "fit", "behaviour", "likelihood", "persona", "scored_at", "score_due_at", "facts_version",
        "decided_version", "source", "last_event_at", "last_event_kind", "merged_into", "created_at",
    )  # fmt: skip
    fieldsets = (
        (
            None,
            {"fields": ("kind", ("first_name", "last_name"), ("email", "phone"), ("title", "country"), "organization")},
        ),
        ("Attributes", {"fields": ("attributes",)}),
        ("Life cycle", {"fields": (("stage", "stage_changed_at"), ("recycled_at", "retry_on"), "disqualified_at")}),
        ("Sales", {"fields": (("owner", "claimed_at", "respond_by"),)}),
        (
            "Score",
            {
                "fields": (
                    ("score", "fit", "behaviour"),
                    ("likelihood", "persona"),
                    ("scored_at", "score_due_at"),
                    ("facts_version", "decided_version"),
                )
            },
        ),
        ("Origin", {"fields": (("source", "created_at"), ("last_event_at", "last_event_kind"), "merged_into")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        """Search for every word, in lower case like the search index."""
        for word in search_words(search_term):
            queryset = queryset.filter(search__text__contains=word)
        return queryset, False

    @display(description="name", ordering="last_name")
    def name(self, lead: Lead) -> str:
        """Return the lead's display name."""
        return lead.display_name

    @display(description="score", ordering="score")
    def rounded_score(self, lead: Lead) -> str:
        """Return the score, rounded as on the screens."""
        return f"{lead.score:.0f}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leads come from events, or from “Add lead” on the lead list."""
        return False

    def save_model(self, request: HttpRequest, obj: Lead, form: LeadForm, change: bool) -> None:
        """Store only the fields that were changed."""
        if form.changes:
            edit_lead(Lead.objects.get(pk=obj.pk), form.changes, by=signed_in_admin(request), now=timezone.now())
