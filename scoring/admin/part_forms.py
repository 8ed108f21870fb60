"""Forms of personas and journeys, and of the gates that refer to them."""

from typing import Any

from unfold.forms import PaginationInlineFormSet

from scoring.admin.conditions import CriteriaField, StepsField
from scoring.admin.forms import PlainNumbersForm, PolicyForm, RulesFormSet
from scoring.engine.definition import RuleSetError, rule_set_from_json
from scoring.models import Journey, Persona, Policy
from scoring.rules.definition import POLICY_FIELDS, journey_definition, persona_definition, policy_definition

PERSONA_FIELDS = ("name", "minimum", "criteria", "position")
JOURNEY_FIELDS = ("name", "window_days", "steps", "position")


class PersonaForm(PlainNumbersForm):
    """A persona."""

    criteria = CriteriaField(
        help_text="One a line: points, a name, and what must hold, as in 12 Role: title contains office manager. "
        "What is not known of a lead becomes a question to ask.",
    )

    class Meta:
        model = Persona
        fields = PERSONA_FIELDS

    def clean(self) -> dict[str, Any]:
        """Validate the persona with the engine."""
        cleaned = super().clean() or {}
        if not self.errors:
            persona = Persona(**{name: cleaned[name] for name in PERSONA_FIELDS})
            try:
                rule_set_from_json({"name": "-", "personas": [persona_definition(persona)]}, 0)
            except RuleSetError as error:
                self.refuse(error, "personas[0]")
        return cleaned


class JourneyForm(PlainNumbersForm):
    """A journey."""

    steps = StepsField(
        help_text="One a line, in their order: a name, the kind of event, and what must hold of it, as in Pricing: "
        "page_viewed where properties.path starts_with /pricing and properties.seats gte 5.",
    )

    class Meta:
        model = Journey
        fields = JOURNEY_FIELDS

    def clean(self) -> dict[str, Any]:
        """Validate the journey with the engine."""
        cleaned = super().clean() or {}
        if not self.errors:
            journey = Journey(**{name: cleaned[name] for name in JOURNEY_FIELDS})
            try:
                rule_set_from_json({"name": "-", "journeys": [journey_definition(journey)]}, 0)
            except RuleSetError as error:
                self.refuse(error, "journeys[0]")
        return cleaned


class PartsFormSet(RulesFormSet):
    """Personas or journeys of a rule set."""

    def kept(self) -> list[Any] | None:
        """Return the names that remain after saving the page; nothing if the page has errors."""
        if not self.is_valid():
            return None
        filled = [form for form in self.forms if form.instance.pk or form.has_changed()]
        return [form.instance for form in filled if not self._should_delete_form(form)]


class PolicyFormSet(PaginationInlineFormSet):
    """The policy, whose gates may only refer to personas and journeys that remain on the page."""

    personas: PartsFormSet
    journeys: PartsFormSet

    def clean(self) -> None:
        """Check with the engine that the gates' targets exist; show an error beside the gate."""
        personas, journeys = self.personas.kept(), self.journeys.kept()
        if personas is None or journeys is None:
            return
        for form in self.forms:
            if form.is_valid():
                _check_gates(form, personas, journeys)


def _check_gates(form: PolicyForm, personas: list[Persona], journeys: list[Journey]) -> None:
    definition = {
        "name": "-",
        "personas": [persona_definition(persona) for persona in personas],
        "journeys": [journey_definition(journey) for journey in journeys],
        "policy": policy_definition(Policy(**{name: form.cleaned_data[name] for name in POLICY_FIELDS})),
    }
    try:
        rule_set_from_json(definition, 0)
    except RuleSetError as error:
        if error.place.startswith("policy"):
            form.refuse(error, "policy")
