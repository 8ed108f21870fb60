"""Rule sets as JSON: parsing, with errors that name their place, and writing."""

from collections.abc import Mapping
from dataclasses import fields

from scoring.engine.behaviour import PERIODS
from scoring.engine.condition_definition import CONDITION_KEYS, event_condition, fit_condition, is_property
from scoring.engine.facts import (
    NEVER_SCORED_KINDS,
    BehaviourRule,
    Condition,
    Criterion,
    FitRule,
    Journey,
    Limit,
    Persona,
    Policy,
    RuleSet,
    Step,
)
from scoring.engine.json_object import JsonObject, RuleSetError, listed, number_at, shown

__all__ = ["RuleSetError", "rule_set_from_json", "rule_set_to_json"]

NAME_LENGTH = 100
KIND_LENGTH = 60
HIGHEST_POINTS = 100
MOST_STEPS = 20
MOST_DAYS = 36_500
HIGHEST_CAP = 1_000_000
MOST_EVENTS = 1_000_000
ANY = "any"

_RULE_SET_KEYS = ("name", "behaviour_limit", "fit_limit", "rules", "fit", "personas", "journeys", "policy")
_RULE_KEYS = ("name", "kind", "points", "half_life_days", "cap", "limit", "conditions")
_FIT_KEYS = ("name", *CONDITION_KEYS, "points")
_PERSONA_KEYS = ("name", "minimum", "criteria")
_JOURNEY_KEYS = ("name", "window_days", "steps")
_STEP_KEYS = ("name", "kind", "conditions")
_POLICY_KEYS = tuple(field.name for field in fields(Policy))
_POLICY = Policy()


def rule_set_from_json(data: Mapping[str, object], version: int) -> RuleSet:
    """Parse a rule set; raise RuleSetError, which names the place, if it is invalid."""
    document = JsonObject.read(data, "", _RULE_SET_KEYS)
    rules = tuple(_rule(item) for item in document.objects("rules", _RULE_KEYS))
    fit = tuple(_fit_rule(item) for item in document.objects("fit", _FIT_KEYS))
    _refuse_repeated_names("rules", [rule.name for rule in rules])
    _refuse_repeated_names("fit", [rule.name for rule in fit])
    personas = tuple(persona(item) for item in document.objects("personas", _PERSONA_KEYS))
    journeys = tuple(journey(item) for item in document.objects("journeys", _JOURNEY_KEYS))
    for key, names in (
        ("personas", [persona.name for persona in personas]),
        ("journeys", [journey.name for journey in journeys]),
    ):
        _refuse_repeated_names(key, names)
        _refuse_the_name_any(key, names)
    behaviour_limit, fit_limit = _limits(document)
    return RuleSet(
        version=version,
        name=document.text("name", NAME_LENGTH),
        behaviour_limit=behaviour_limit,
        fit_limit=fit_limit,
        rules=rules,
        fit=fit,
        personas=personas,
        journeys=journeys,
        policy=_policy(document, {persona.name for persona in personas}, {journey.name for journey in journeys}),
    )


def rule_set_to_json(rule_set: RuleSet) -> dict[str, object]:
    """Return a rule set as JSON with every key, as `rule_set_from_json` reads it."""
    return {
        "name": rule_set.name,
        "behaviour_limit": rule_set.behaviour_limit,
        "fit_limit": rule_set.fit_limit,
        "rules": [_rule_to_json(rule) for rule in rule_set.rules],
        "fit": [{key: getattr(rule, key) for key in _FIT_KEYS} for rule in rule_set.fit],
        "personas": [_persona_to_json(persona) for persona in rule_set.personas],
        "journeys": [_journey_to_json(journey) for journey in rule_set.journeys],
        "policy": {key: getattr(rule_set.policy, key) for key in _POLICY_KEYS},
    }


def _rule(item: JsonObject) -> BehaviourRule:
    return BehaviourRule(
        name=item.text("name", NAME_LENGTH),
        kind=_kind(item),
        points=_points(item),
        half_life_days=item.above_zero_or_null("half_life_days", "days", MOST_DAYS),
        cap=item.above_zero_or_null("cap", "points", HIGHEST_CAP),
        limit=_limit(item),
        conditions=tuple(event_condition(part) for part in item.objects("conditions", CONDITION_KEYS)),
    )


def _fit_rule(item: JsonObject) -> FitRule:
    condition = fit_condition(item)
    return FitRule(
        name=item.text("name", NAME_LENGTH),
        field=condition.field,
        op=condition.op,
        value=condition.value,
        points=_points(item),
    )


def _points(item: JsonObject) -> float:
    return number_at(item.at("points"), item.required("points"), -HIGHEST_POINTS, HIGHEST_POINTS)


def _limit(item: JsonObject) -> Limit | None:
    value = item.data.get("limit")
    if value is None:
        return None
    limit = JsonObject.read(value, item.at("limit"), ("count", "per"))
    count = limit.required("count")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise RuleSetError(limit.at("count"), f"must be a whole number of at least 1, got {shown(count)}")
    if count > MOST_EVENTS:
        raise RuleSetError(limit.at("count"), f"must be at most {MOST_EVENTS:,}, got {shown(count)}")
    per = limit.required("per")
    if isinstance(per, Mapping):
        return Limit(count, "value", _value_of(JsonObject.read(per, limit.at("per"), ("value_of",))))
    if per not in PERIODS:
        expected = f'must be one of {listed(PERIODS)} or {{"value_of": "properties.<name>"}}'
        raise RuleSetError(limit.at("per"), f"{expected}, got {shown(per)}")
    return Limit(count, str(per))


def _value_of(per: JsonObject) -> str:
    field = per.text("value_of", NAME_LENGTH)
    if not is_property(field):
        raise RuleSetError(per.at("value_of"), f"must be properties.<name>, got {shown(field)}")
    return field


def _limits(document: JsonObject) -> tuple[float, float]:
    behaviour_limit = document.number("behaviour_limit", 60, 0, 100)
    fit_limit = document.number("fit_limit", 40, 0, 100)
    if behaviour_limit + fit_limit > 100:
        got = f"{behaviour_limit:g} + {fit_limit:g}"
        raise RuleSetError("behaviour_limit", f"must be at most 100 together with fit_limit, got {got}")
    return behaviour_limit, fit_limit


def persona(item: JsonObject) -> Persona:
    """Parse a persona."""
    criteria = tuple(_criterion(part) for part in item.objects("criteria", _FIT_KEYS))
    if not criteria:
        raise RuleSetError(item.at("criteria"), "must name at least one criterion")
    _refuse_repeated_names(item.at("criteria"), [criterion.name for criterion in criteria])
    return Persona(item.text("name", NAME_LENGTH), item.number("minimum", 0.5, 0, 1), criteria)


def journey(item: JsonObject) -> Journey:
    """Parse a journey."""
    steps = tuple(_step(part) for part in item.objects("steps", _STEP_KEYS))
    if not 1 <= len(steps) <= MOST_STEPS:
        raise RuleSetError(item.at("steps"), f"must be 1 to {MOST_STEPS} steps, got {len(steps)}")
    _refuse_repeated_names(item.at("steps"), [step.name for step in steps])
    return Journey(item.text("name", NAME_LENGTH), item.above_zero("window_days", "days", MOST_DAYS), steps)


def _criterion(item: JsonObject) -> Criterion:
    condition = fit_condition(item)
    points = _points(item)
    if not points > 0:
        raise RuleSetError(item.at("points"), f"must be > 0 points, got {points:g}")
    return Criterion(item.text("name", NAME_LENGTH), condition.field, condition.op, condition.value, points)


def _step(item: JsonObject) -> Step:
    conditions = tuple(event_condition(part) for part in item.objects("conditions", CONDITION_KEYS))
    return Step(item.text("name", NAME_LENGTH), _kind(item), conditions)


def _kind(item: JsonObject) -> str:
    kind = item.text("kind", KIND_LENGTH)
    if kind in NEVER_SCORED_KINDS:
        raise RuleSetError(item.at("kind"), f"{kind} is what we did ourselves and never scores")
    return kind


def _policy(document: JsonObject, personas: set[str], journeys: set[str]) -> Policy:
    item = JsonObject.read(document.data.get("policy", {}), document.at("policy"), _POLICY_KEYS)
    mql_threshold, sql_threshold = _thresholds(item)
    return Policy(
        mql_threshold=mql_threshold,
        sql_threshold=sql_threshold,
        margin=_margin(item, mql_threshold),
        engagement_memory_days=item.above_zero(
            "engagement_memory_days", "days", MOST_DAYS, _POLICY.engagement_memory_days
        ),
        mql_on_engagement=item.flag("mql_on_engagement", _POLICY.mql_on_engagement),
        sql_on_hand_raise=item.flag("sql_on_hand_raise", _POLICY.sql_on_hand_raise),
        gate_hand_raise=item.flag("gate_hand_raise", _POLICY.gate_hand_raise),
        require_persona=_gate(item, "require_persona", personas),
        require_journey=_gate(item, "require_journey", journeys),
        direct=item.flag("direct", _POLICY.direct),
        reopen_disqualified=item.flag("reopen_disqualified", _POLICY.reopen_disqualified),
    )


def _thresholds(item: JsonObject) -> tuple[float, float]:
    mql_threshold = item.number("mql_threshold", _POLICY.mql_threshold, 0, 100)
    sql_threshold = item.number("sql_threshold", _POLICY.sql_threshold, 0, 100)
    if not mql_threshold < sql_threshold:
        got = f"{mql_threshold:g} and {sql_threshold:g}"
        raise RuleSetError(item.at("mql_threshold"), f"must be below sql_threshold, got {got}")
    return mql_threshold, sql_threshold


def _margin(item: JsonObject, mql_threshold: float) -> float:
    margin = item.number("margin", _POLICY.margin, 0, 100)
    if margin > mql_threshold:
        raise RuleSetError(item.at("margin"), f"must be at most mql_threshold {mql_threshold:g}, got {margin:g}")
    return margin


def _gate(item: JsonObject, key: str, names: set[str]) -> str | None:
    """Parse a gate: null, one of the names, or "any" of them."""
    value = item.data.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not (value in names or (value == ANY and names)):
        kind = key.removeprefix("require_")
        expected = f'null, "any" or one of {listed(sorted(names))}' if names else f"null, as there is no {kind}"
        raise RuleSetError(item.at(key), f"must be {expected}, got {shown(value)}")
    return value


def _refuse_repeated_names(key: str, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise RuleSetError(f"{key}[{position}].name", f"is used twice: {shown(name)}")


def _refuse_the_name_any(key: str, names: list[str]) -> None:
    if ANY in names:
        raise RuleSetError(f"{key}[{names.index(ANY)}].name", f"must not be {ANY!r}, by which gates mean all of them")


def _rule_to_json(rule: BehaviourRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "points": rule.points,
        "half_life_days": rule.half_life_days,
        "cap": rule.cap,
        "limit": _limit_to_json(rule.limit),
        "conditions": _conditions_to_json(rule.conditions),
    }


def _persona_to_json(persona: Persona) -> dict[str, object]:
    criteria = [{key: getattr(part, key) for key in _FIT_KEYS} for part in persona.criteria]
    return {"name": persona.name, "minimum": persona.minimum, "criteria": criteria}


def _journey_to_json(journey: Journey) -> dict[str, object]:
    steps = [
        {"name": step.name, "kind": step.kind, "conditions": _conditions_to_json(step.conditions)}
        for step in journey.steps
    ]
    return {"name": journey.name, "window_days": journey.window_days, "steps": steps}


def _conditions_to_json(conditions: tuple[Condition, ...]) -> list[dict[str, object]]:
    return [{key: getattr(part, key) for key in CONDITION_KEYS} for part in conditions]


def _limit_to_json(limit: Limit | None) -> dict[str, object] | None:
    if limit is None:
        return None
    per = limit.per if limit.value_of is None else {"value_of": limit.value_of}
    return {"count": limit.count, "per": per}
