"""Rule sets as JSON: reading them with every mistake named by its place, and writing them."""

from collections.abc import Mapping
from dataclasses import fields

from scoring.engine.behaviour import PERIODS
from scoring.engine.condition_definition import CONDITION_KEYS, event_condition, fit_condition, is_property
from scoring.engine.facts import (
    NEVER_SCORED_KINDS,
    BehaviourRule,
    FitRule,
    Limit,
    Policy,
    RuleSet,
)
from scoring.engine.json_object import JsonObject, RuleSetError, listed, shown

__all__ = ["RuleSetError", "rule_set_from_json", "rule_set_to_json"]

NAME_LENGTH = 100
KIND_LENGTH = 60
HIGHEST_POINTS = 100

_RULE_SET_KEYS = ("name", "behaviour_limit", "fit_limit", "rules", "fit", "personas", "journeys", "policy")
_RULE_KEYS = ("name", "kind", "points", "half_life_days", "cap", "limit", "conditions")
_FIT_KEYS = ("name", *CONDITION_KEYS, "points")
_POLICY_KEYS = tuple(field.name for field in fields(Policy))
_POLICY = Policy()


def rule_set_from_json(data: Mapping[str, object], version: int) -> RuleSet:
    """Read a rule set; raise RuleSetError, which names the place, where it can't be used."""
    document = JsonObject.read(data, "", _RULE_SET_KEYS)
    for later in ("personas", "journeys"):
        _refuse_later(document, later, [])
    rules = tuple(_rule(item) for item in document.objects("rules", _RULE_KEYS))
    fit = tuple(_fit_rule(item) for item in document.objects("fit", _FIT_KEYS))
    _refuse_repeated_names("rules", [rule.name for rule in rules])
    _refuse_repeated_names("fit", [rule.name for rule in fit])
    behaviour_limit, fit_limit = _limits(document)
    return RuleSet(
        version=version,
        name=document.text("name", NAME_LENGTH),
        behaviour_limit=behaviour_limit,
        fit_limit=fit_limit,
        rules=rules,
        fit=fit,
        policy=_policy(document),
    )


def rule_set_to_json(rule_set: RuleSet) -> dict[str, object]:
    """Write a rule set as `rule_set_from_json` reads it, with every key."""
    return {
        "name": rule_set.name,
        "behaviour_limit": rule_set.behaviour_limit,
        "fit_limit": rule_set.fit_limit,
        "rules": [_rule_to_json(rule) for rule in rule_set.rules],
        "fit": [{key: getattr(rule, key) for key in _FIT_KEYS} for rule in rule_set.fit],
        "personas": [],
        "journeys": [],
        "policy": {key: getattr(rule_set.policy, key) for key in _POLICY_KEYS},
    }


def _rule(item: JsonObject) -> BehaviourRule:
    kind = item.text("kind", KIND_LENGTH)
    if kind in NEVER_SCORED_KINDS:
        raise RuleSetError(item.at("kind"), f"{kind} is what we did ourselves and never scores")
    return BehaviourRule(
        name=item.text("name", NAME_LENGTH),
        kind=kind,
        points=_points(item),
        half_life_days=item.above_zero("half_life_days", None, "days"),
        cap=item.above_zero("cap", None, "points"),
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
    item.required("points")
    return item.number("points", 0, -HIGHEST_POINTS, HIGHEST_POINTS)


def _limit(item: JsonObject) -> Limit | None:
    value = item.data.get("limit")
    if value is None:
        return None
    limit = JsonObject.read(value, item.at("limit"), ("count", "per"))
    count = limit.required("count")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise RuleSetError(limit.at("count"), f"must be a whole number of at least 1, got {shown(count)}")
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


def _policy(document: JsonObject) -> Policy:
    item = JsonObject.read(document.data.get("policy", {}), document.at("policy"), _POLICY_KEYS)
    for gate in ("require_persona", "require_journey"):
        _refuse_later(item, gate, None)
    mql_threshold, sql_threshold = _thresholds(item)
    memory = item.above_zero("engagement_memory_days", _POLICY.engagement_memory_days, "days")
    return Policy(
        mql_threshold=mql_threshold,
        sql_threshold=sql_threshold,
        margin=_margin(item, mql_threshold),
        engagement_memory_days=_POLICY.engagement_memory_days if memory is None else memory,
        mql_on_engagement=item.flag("mql_on_engagement", _POLICY.mql_on_engagement),
        sql_on_hand_raise=item.flag("sql_on_hand_raise", _POLICY.sql_on_hand_raise),
        gate_hand_raise=item.flag("gate_hand_raise", _POLICY.gate_hand_raise),
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


def _refuse_later(item: JsonObject, key: str, empty: object) -> None:
    value = item.data.get(key, empty)
    if value != empty:
        expected = "null" if empty is None else "an empty list"
        raise RuleSetError(
            item.at(key), f"is not supported by this version yet; expected {expected}, got {shown(value)}"
        )


def _refuse_repeated_names(key: str, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise RuleSetError(f"{key}[{position}].name", f"is used twice: {shown(name)}")


def _rule_to_json(rule: BehaviourRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "points": rule.points,
        "half_life_days": rule.half_life_days,
        "cap": rule.cap,
        "limit": _limit_to_json(rule.limit),
        "conditions": [{key: getattr(part, key) for key in CONDITION_KEYS} for part in rule.conditions],
    }


def _limit_to_json(limit: Limit | None) -> dict[str, object] | None:
    if limit is None:
        return None
    per = limit.per if limit.value_of is None else {"value_of": limit.value_of}
    return {"count": limit.count, "per": per}
