"""Forms of a rule set and its parts. The engine validates them; its errors are shown beside the fields."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from leads.events.catalog import kind_of
from scoring.admin.conditions import ConditionsField
from scoring.engine.conditions import OPS
from scoring.engine.definition import RuleSetError, rule_set_from_json
from scoring.models import FitRule, Per, Policy, Rule, RuleSet, RuleSetStatus
from scoring.rules.default import READY_MADE_POLICIES
from scoring.rules.definition import GATES, POLICY_FIELDS, fit_definition, plain, policy_definition, rule_definition
from scoring.rules.lines import LineError, format_value, parse_value
from scoring.rules.revise import Frozen
from scoring.rules.state import state_of

# Keys whose name in the JSON differs from the column.
FIELD_OF_PLACE = {
    "limit.count": "limit_count",
    "limit.per": "limit_per",
    "limit.per.value_of": "limit_value_of",
}
RULE_FIELDS = (
    "name", "kind", "points", "half_life_days", "cap", "limit_count", "limit_per", "limit_value_of", "conditions",
    "position",
)  # fmt: skip
FIT_FIELDS = ("name", "field", "op", "value", "points", "position")
CONDITION_HELP = (
    "One a line; all must hold. A field (name, or properties.<name>), how it is compared, and a value: "
    "properties.path starts_with /pricing, or properties.amount between 10, 50."
)


class PlainNumbersForm(forms.ModelForm):
    """Shows 2.0 as 2."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {name: plain(value) for name, value in self.initial.items()}

    def refuse(self, error: RuleSetError, part: str = "") -> None:
        """Show an error of the engine beside the field that it names, or above the form."""
        place = error.place.removeprefix(part).removeprefix(".")
        part_of = re.match(r"(conditions|criteria|steps)\[(\d+)\]\.?(.*)", place)
        if part_of:
            field, line, inner = part_of[1], int(part_of[2]) + 1, part_of[3]
            self.add_error(field, f"Line {line}: {inner} {error.message}".replace("  ", " "))
            return
        field = FIELD_OF_PLACE.get(place, place)
        known = field in self.fields
        self.add_error(field if known else None, _sentence(error.message if known else str(error)))


class RuleSetForm(PlainNumbersForm):
    """The fields of the rule set itself. former: the rule set before anything was stored."""

    former: Frozen
    loaded_state = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = RuleSet
        fields = ("name", "note", "behaviour_limit", "fit_limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "loaded_state" in self.fields:
            self.initial["loaded_state"] = state_of(self.instance)
        if self.instance.status == RuleSetStatus.LIVE:
            # The live version's note is shown above the form; this field is the next version's note.
            self.initial["note"] = ""

    def clean(self) -> dict[str, Any]:
        """Validate name and limits with the engine."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                rule_set_from_json({name: cleaned[name] for name in ("name", "behaviour_limit", "fit_limit")}, 0)
            except RuleSetError as error:
                self.refuse(error)
        return cleaned


class RuleForm(PlainNumbersForm):
    """A behaviour rule."""

    limit_per = forms.ChoiceField(
        label="Per",
        required=False,
        choices=[
            ("", "–"),
            *((per.value, per.value) for per in Per if per != Per.VALUE),
            (Per.VALUE.value, "value of"),
        ],
        widget=UnfoldAdminSelectWidget,
        help_text="The period of “at most”, in UTC: a day, a week from Monday, a calendar month, ever, or for each "
        "value of a property.",
    )
    conditions = ConditionsField(required=False, help_text=CONDITION_HELP)

    class Meta:
        model = Rule
        fields = RULE_FIELDS

    def clean_kind(self) -> str:
        """Convert an incoming name, such as "eBook Downloaded", to its kind."""
        return kind_of(self.cleaned_data["kind"])

    def clean(self) -> dict[str, Any]:
        """Validate the rule with the engine."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["limit_value_of"] and cleaned["limit_per"] != Per.VALUE:
            self.add_error("limit_value_of", "Only where the limit is per “value of”.")
            return cleaned
        rule = Rule(**{name: cleaned[name] for name in RULE_FIELDS})
        try:
            rule_set_from_json({"name": "-", "rules": [rule_definition(rule)]}, 0)
        except RuleSetError as error:
            self.refuse(error, "rules[0]")
        return cleaned


class FitRuleForm(PlainNumbersForm):
    """A fit rule."""

    op = forms.ChoiceField(
        label="Is compared by", choices=[(op, op.replace("_", " ")) for op in OPS], widget=UnfoldAdminSelectWidget
    )
    value = forms.CharField(
        label="Value",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Several values (in, between) stand apart by commas: 50, 250. A yes or no is true or false.",
    )

    class Meta:
        model = FitRule
        fields = FIT_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["value"] = format_value(self.instance.op, self.instance.value)

    def clean(self) -> dict[str, Any]:
        """Parse the value for its op and validate the rule with the engine."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            cleaned["value"] = parse_value(cleaned["op"], cleaned["value"])
            rule = FitRule(**{name: cleaned[name] for name in FIT_FIELDS})
            rule_set_from_json({"name": "-", "fit": [fit_definition(rule)]}, 0)
        except LineError as error:
            self.add_error("value", _sentence(str(error)))
        except RuleSetError as error:
            self.refuse(error, "fit[0]")
        return cleaned


class PolicyForm(PlainNumbersForm):
    """Thresholds and the other conditions for MQL and SQL."""

    ready_made = forms.ChoiceField(
        label="Ready-made policy",
        required=False,
        choices=[("", "Keep the values below"), *((name, name) for name in READY_MADE_POLICIES)],
        widget=UnfoldAdminSelectWidget,
        help_text="Replaces the values below when you save. Engagement: one voluntary engagement makes an MQL. "
        "Score: only points do. Direct pass: every MQL is an SQL at once; gates stay as they are. Persona and journey: "
        "an SQL by score is any of the personas and has completed any of the journeys.",
    )

    class Meta:
        model = Policy
        fields = POLICY_FIELDS

    def clean(self) -> dict[str, Any]:
        """Apply a ready-made policy if one is chosen, then validate the policy with the engine."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen: Mapping[str, Any] | None = READY_MADE_POLICIES.get(cleaned.get("ready_made", ""))
        if chosen:
            cleaned.update(chosen)
            cleaned.update({gate: chosen[gate] or "" for gate in GATES if gate in chosen})
            self._errors: Any = forms.utils.ErrorDict()
        if not self.errors:
            # Whether a gate's persona or journey exists depends on the whole page: see PolicyFormSet.
            policy = Policy(**{name: cleaned[name] for name in POLICY_FIELDS if name not in GATES})
            try:
                rule_set_from_json({"name": "-", "policy": policy_definition(policy)}, 0)
            except RuleSetError as error:
                self.refuse(error, "policy")
        return cleaned


class RulesFormSet(PaginationInlineFormSet):
    """All rules of a rule set: unique names, new rules at the end."""

    def clean(self) -> None:
        """Report names that are used twice."""
        names: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name") if hasattr(form, "cleaned_data") else None
            if not name or self._should_delete_form(form):
                continue
            if name in names:
                form.add_error("name", f"Two rules are called {name!r}; each needs a name of its own.")
            names.add(name)

    def save_existing_objects(self, commit: bool = True) -> Any:
        """Free changed names first, so that A can become B while B becomes C or is deleted."""
        for form in self.initial_forms:
            if "name" in form.changed_data or self._should_delete_form(form):
                self.model.objects.filter(pk=form.instance.pk).update(name=f"renaming {form.instance.pk}")
        return super().save_existing_objects(commit=commit)

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> Any:
        """Put a new rule at the end, unless it was dragged elsewhere."""
        if not form.instance.position:
            form.instance.position = 1 + max((other.instance.position for other in self.initial_forms), default=-1)
        return super().save_new(form, commit=commit)


def _sentence(text: str) -> str:
    # The engine's message starts with a verb, or with the value itself, which keeps its case.
    # A form has empty fields instead of null, and no quotes.
    text = text.replace("must be null", "must be empty").replace(', "any"', ", any")
    return f"M{text[1:]}." if text.startswith("must ") else f"{text}."
