"""The parts of a rule set on its page: policy, rules, fit rules, personas, journeys."""

from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.forms import Field as FormField
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from scoring.admin.forms import FIT_FIELDS, RULE_FIELDS, FitRuleForm, PolicyForm, RuleForm, RulesFormSet
from scoring.admin.part_forms import (
    JOURNEY_FIELDS,
    PERSONA_FIELDS,
    JourneyForm,
    PartsFormSet,
    PersonaForm,
    PolicyFormSet,
)
from scoring.models import FitRule, Journey, Persona, Policy, Rule, RuleSet, RuleSetStatus
from scoring.rules.lines import format_conditions, format_value
from scoring.rules.part_lines import format_criteria, format_steps


class EditableUntilArchived:
    """The permissions of a part follow those of its rule set."""

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        """Archived rule sets never change."""
        return obj is None or obj.status != RuleSetStatus.ARCHIVED

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission


class PolicyInline(EditableUntilArchived, StackedInline):
    """Thresholds, margin, engagement and hand-raises."""

    model = Policy
    form = PolicyForm
    formset = PolicyFormSet
    can_delete = False
    min_num = max_num = 1
    hide_title = True
    verbose_name = verbose_name_plural = "When a lead becomes an MQL and an SQL"

    def get_fieldsets(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Hide the choice of a ready-made policy on read-only pages."""
        thresholds = ("mql_threshold", "sql_threshold", "margin")
        paths = ("mql_on_engagement", "sql_on_hand_raise", "engagement_memory_days")
        gates = ("require_persona", "require_journey")
        passes = ("direct", "gate_hand_raise", "reopen_disqualified")
        ready_made = ("ready_made",) if self.has_change_permission(request, obj) else ()
        return [(None, {"fields": (*ready_made, thresholds, paths, gates, passes)})]


class RulesInline(EditableUntilArchived, TabularInline):
    """Rules in order, one per row."""

    formset = RulesFormSet
    extra = 0
    hide_title = True
    ordering = ("position", "pk")
    ordering_field = "position"
    hide_ordering_field = True
    template_before = "admin/scoring/ruleset/_columns.html"
    lists: dict[str, str] = {}

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> FormField | None:
        """Suggest known values for fields that accept others too."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in self.lists:
            field.widget.attrs["list"] = self.lists[db_field.name]
        return field


class RuleInline(RulesInline):
    """Behaviour rules."""

    model = Rule
    form = RuleForm
    verbose_name = "behaviour rule"
    verbose_name_plural = "Behaviour: what leads do"
    lists = {"kind": "event-kinds"}
    fields = RULE_FIELDS

    def get_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Show an archived rule's conditions as lines too."""
        if self.has_change_permission(request, obj):
            return self.fields
        return (*self.fields[:-2], "condition_lines")

    def get_readonly_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Name the column that is computed."""
        return () if self.has_change_permission(request, obj) else ("condition_lines",)

    @admin.display(description="conditions")
    def condition_lines(self, rule: Rule) -> str:
        """Return the conditions, one per line."""
        return format_conditions(rule.conditions)


class FitRuleInline(RulesInline):
    """Fit rules."""

    model = FitRule
    form = FitRuleForm
    verbose_name = "fit rule"
    verbose_name_plural = "Fit: who leads are"
    lists = {"field": "lead-fields"}
    fields = FIT_FIELDS

    def get_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Show an archived rule's value as text."""
        if self.has_change_permission(request, obj):
            return self.fields
        return ("name", "field", "op", "value_text", "points")

    def get_readonly_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Name the column that is computed."""
        return () if self.has_change_permission(request, obj) else ("value_text",)

    @admin.display(description="value")
    def value_text(self, rule: FitRule) -> str:
        """Return the value as text."""
        return format_value(rule.op, rule.value)


class PersonaInline(RulesInline):
    """Personas."""

    model = Persona
    form = PersonaForm
    formset = PartsFormSet
    verbose_name_plural = "Personas: whom we sell to"
    fields = PERSONA_FIELDS

    def get_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Show an archived persona's criteria as lines too."""
        return self.fields if self.has_change_permission(request, obj) else ("name", "minimum", "criterion_lines")

    def get_readonly_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Name the column that is computed."""
        return () if self.has_change_permission(request, obj) else ("criterion_lines",)

    @admin.display(description="criteria")
    def criterion_lines(self, persona: Persona) -> str:
        """Return the criteria, one per line."""
        return format_criteria(persona.criteria)


class JourneyInline(RulesInline):
    """Journeys."""

    model = Journey
    form = JourneyForm
    formset = PartsFormSet
    verbose_name_plural = "Journeys: what leads do in order"
    fields = JOURNEY_FIELDS

    def get_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Show an archived journey's steps as lines too."""
        return self.fields if self.has_change_permission(request, obj) else ("name", "window_days", "step_lines")

    def get_readonly_fields(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Name the column that is computed."""
        return () if self.has_change_permission(request, obj) else ("step_lines",)

    @admin.display(description="steps")
    def step_lines(self, journey: Journey) -> str:
        """Return the steps, one per line."""
        return format_steps(journey.steps)
