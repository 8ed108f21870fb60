"""Convert rule sets between database rows and the JSON of export, import and the engine, which validates them."""

from collections.abc import Mapping, Sequence
from typing import Any

from leads.events.catalog import kind_of
from scoring.engine.definition import rule_set_from_json, rule_set_to_json
from scoring.engine.facts import RuleSet as EngineRuleSet
from scoring.models import FitRule, Journey, Per, Persona, Policy, Rule, RuleSet

POLICY_FIELDS = (
    "mql_threshold", "sql_threshold", "margin", "mql_on_engagement", "engagement_memory_days", "sql_on_hand_raise",
    "gate_hand_raise", "require_persona", "require_journey", "direct", "reopen_disqualified",
)  # fmt: skip
GATES = ("require_persona", "require_journey")


def definition_of(rule_set: RuleSet) -> dict[str, Any]:
    """Return a stored rule set as JSON, its parts in order of position; one query per part."""
    return {
        "name": rule_set.name,
        "behaviour_limit": plain(rule_set.behaviour_limit),
        "fit_limit": plain(rule_set.fit_limit),
        "rules": [rule_definition(rule) for rule in rule_set.rules.order_by("position", "pk")],
        "fit": [fit_definition(rule) for rule in rule_set.fit_rules.order_by("position", "pk")],
        "personas": [
            persona_definition(persona)
            for persona in Persona.objects.filter(rule_set=rule_set).order_by("position", "pk")
        ],
        "journeys": [
            journey_definition(journey)
            for journey in Journey.objects.filter(rule_set=rule_set).order_by("position", "pk")
        ],
        "policy": policy_definition(Policy.objects.get(rule_set=rule_set)),
    }


def rule_set_from_rows(rule_set: RuleSet) -> EngineRuleSet:
    """Return a stored rule set compiled for the engine. Raises RuleSetError if it is invalid."""
    return rule_set_from_json(definition_of(rule_set), rule_set.version)


def complete(data: Mapping[str, object]) -> dict[str, Any]:
    """Return JSON with all keys filled in. Raises RuleSetError if it is invalid.

    Kinds may be given as clients name events: "eBook Downloaded" is ebook_downloaded.
    """
    definition: dict[str, Any] = rule_set_to_json(rule_set_from_json(data, 0))
    for part in (*definition["rules"], *(step for journey in definition["journeys"] for step in journey["steps"])):
        part["kind"] = kind_of(part["kind"])
    # Validated again, since a client's name such as "Call Made" may stand for an event of our own.
    return rule_set_to_json(rule_set_from_json(definition, 0))


def rule_definition(rule: Rule) -> dict[str, Any]:
    """Return a behaviour rule as JSON."""
    return {
        "name": rule.name,
        "kind": rule.kind,
        "points": plain(rule.points),
        "half_life_days": plain(rule.half_life_days),
        "cap": plain(rule.cap),
        "limit": _limit_definition(rule),
        "conditions": rule.conditions,
    }


def fit_definition(rule: FitRule) -> dict[str, Any]:
    """Return a fit rule as JSON."""
    return {
        "name": rule.name,
        "field": rule.field,
        "op": rule.op,
        "value": rule.value,
        "points": plain(rule.points),
    }


def persona_definition(persona: Persona) -> dict[str, Any]:
    """Return a persona as JSON."""
    return {"name": persona.name, "minimum": plain(persona.minimum), "criteria": persona.criteria}


def journey_definition(journey: Journey) -> dict[str, Any]:
    """Return a journey as JSON."""
    return {"name": journey.name, "window_days": plain(journey.window_days), "steps": journey.steps}


def policy_definition(policy: Policy) -> dict[str, Any]:
    """Return a policy as JSON."""
    fields = {field: plain(getattr(policy, field)) for field in POLICY_FIELDS}
    return {**fields, **{gate: fields[gate] or None for gate in GATES}}


def add_rules(rule_set: RuleSet, definition: Mapping[str, Any]) -> None:
    """Store the rules, fit rules, personas, journeys and policy of a complete definition as rows of `rule_set`."""
    Rule.objects.bulk_create(_rules(rule_set, definition["rules"]))
    FitRule.objects.bulk_create(
        FitRule(rule_set=rule_set, position=position, **rule) for position, rule in enumerate(definition["fit"])
    )
    Persona.objects.bulk_create(
        Persona(rule_set=rule_set, position=position, **persona)
        for position, persona in enumerate(definition["personas"])
    )
    Journey.objects.bulk_create(
        Journey(rule_set=rule_set, position=position, **journey)
        for position, journey in enumerate(definition["journeys"])
    )
    policy = {field: definition["policy"][field] for field in POLICY_FIELDS}
    Policy.objects.create(rule_set=rule_set, **{**policy, **{gate: policy[gate] or "" for gate in GATES}})


def remove_rules(rule_set: RuleSet) -> None:
    """Delete what `add_rules` stores."""
    for model in (Rule, FitRule, Persona, Journey, Policy):
        model._default_manager.filter(rule_set=rule_set).delete()


def plain(number: Any) -> Any:
    """Return 2.0 as 2; any other value unchanged."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _limit_definition(rule: Rule) -> dict[str, Any] | None:
    if rule.limit_count is None and not rule.limit_per:
        return None
    per = {"value_of": rule.limit_value_of} if rule.limit_per == Per.VALUE else rule.limit_per
    return {"count": rule.limit_count, "per": per}


def _rules(rule_set: RuleSet, definitions: Sequence[Mapping[str, Any]]) -> list[Rule]:
    return [
        Rule(
            rule_set=rule_set,
            position=position,
            name=rule["name"],
            kind=rule["kind"],
            points=rule["points"],
            half_life_days=rule["half_life_days"],
            cap=rule["cap"],
            conditions=rule["conditions"],
            **_limit_columns(rule["limit"]),
        )
        for position, rule in enumerate(definitions)
    ]


def _limit_columns(limit: Mapping[str, Any] | None) -> dict[str, Any]:
    if limit is None:
        return {}
    if isinstance(limit["per"], Mapping):
        return {"limit_count": limit["count"], "limit_per": Per.VALUE, "limit_value_of": limit["per"]["value_of"]}
    return {"limit_count": limit["count"], "limit_per": limit["per"]}
