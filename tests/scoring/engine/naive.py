"""The meaning of a score once more, as slowly and plainly as it can be written; it shares no code with the engine."""

from collections import defaultdict
from datetime import UTC, datetime

from scoring.engine.facts import Condition, EventFact, LeadFacts, Limit, RuleSet


def naive_score(rule_set: RuleSet, facts: LeadFacts, as_of: float) -> dict:
    """Return score, fit, behaviour and the lines as (rule, points_now, count, last_at)."""
    behaviour_lines = []
    for rule in rule_set.rules:
        events = [
            event
            for event in facts.events
            if event.kind == rule.kind
            and exists(event, facts, as_of)
            and all(meets(condition, value_in(event, condition.field)) for condition in rule.conditions)
        ]
        if rule.limit is not None:
            events = latest_of_each_period(events, rule.limit)
        if events:
            points = sum(rule.points * left(as_of - event.at, rule.half_life_days) for event in events)
            cap = rule.cap if rule.cap is not None else 10**9
            line = (rule.name, max(-cap, min(cap, points)), len(events), max(event.at for event in events))
            behaviour_lines.append(line)
    fit_lines = [
        (rule.name, rule.points, 1, None)
        for rule in rule_set.fit
        if meets(Condition(rule.field, rule.op, rule.value), facts.attributes.get(rule.field))
    ]
    behaviour = max(0, min(rule_set.behaviour_limit, sum(line[1] for line in behaviour_lines)))
    fit = max(0, min(rule_set.fit_limit, sum(line[1] for line in fit_lines)))
    return {"score": fit + behaviour, "fit": fit, "behaviour": behaviour, "lines": behaviour_lines + fit_lines}


def exists(event: EventFact, facts: LeadFacts, as_of: float) -> bool:
    is_after_recycle = facts.recycled_at is None or facts.recycled_at > as_of or event.at > facts.recycled_at
    return event.at <= as_of and is_after_recycle and event.signal != "bot_agent"


def left(age: float, half_life_days: float | None) -> float:
    return 1 if half_life_days is None else 0.5 ** (age / 86400 / half_life_days)


def latest_of_each_period(events: list[EventFact], limit: Limit) -> list[EventFact]:
    periods = defaultdict(list)
    for event in events:
        periods[period_of(event, limit)].append(event)
    kept = []
    for group in periods.values():
        kept += sorted(group, key=lambda event: (event.at, event.source, event.message_id))[-limit.count :]
    return kept


def period_of(event: EventFact, limit: Limit) -> object:
    moment = datetime.fromtimestamp(event.at, UTC)
    if limit.per == "day":
        return moment.date()
    if limit.per == "week":
        return moment.isocalendar()[:2]
    if limit.per == "month":
        return moment.strftime("%Y-%m")
    if limit.per == "ever":
        return "ever"
    value = value_in(event, limit.value_of)
    return None if value in (None, "") else str(value).lower()


def value_in(event: EventFact, field: str) -> object:
    return event.name if field == "name" else event.properties.get(field.removeprefix("properties."))


def meets(condition: Condition, value: object) -> bool:
    """Only the ops that the strategies draw, on plain ASCII texts and whole numbers."""
    op, wanted = condition.op, condition.value
    is_unknown = value in (None, "")
    if op == "exists":
        return is_unknown != wanted
    if is_unknown:
        return False
    folded = value.lower() if isinstance(value, str) else value
    if op in ("is", "is_not"):
        is_same = folded == (wanted.lower() if isinstance(wanted, str) else wanted)
        return is_same if op == "is" else not is_same
    if op == "starts_with":
        return str(folded).startswith(wanted.lower())
    if op == "contains":
        return wanted.lower() in str(folded)
    if op == "in":
        return folded in [item.lower() if isinstance(item, str) else item for item in wanted]
    if isinstance(value, str):
        return False
    return {"gte": lambda: value >= wanted, "between": lambda: wanted[0] <= value <= wanted[1]}[op]()
