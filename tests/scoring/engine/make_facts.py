"""Facts and rule sets that say only what a test is about."""

from datetime import UTC, datetime

from scoring.engine.definition import rule_set_from_json
from scoring.engine.facts import DAY, EventFact, LeadFacts, RuleSet
from scoring.engine.score import Score, compile_rule_set, score_lead

# A Wednesday.
NOW = datetime(2026, 7, 15, 12, 0, tzinfo=UTC).timestamp()


def at(text: str) -> float:
    """Return the POSIX seconds of an ISO time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def make_event(kind: str = "page_viewed", when: float = NOW, **fields) -> EventFact:
    message_id = fields.pop("message_id", f"{kind}-{when}")
    properties = fields.pop("properties", {})
    return EventFact(kind, when, fields.pop("source", 1), message_id, properties, **fields)


def make_facts(*events: EventFact, recycled_at: float | None = None, **attributes) -> LeadFacts:
    return LeadFacts(attributes, events, recycled_at)


def make_rule(kind: str = "page_viewed", points: float = 5, **fields) -> dict:
    return {"name": fields.pop("name", f"{kind} rule"), "kind": kind, "points": points, **fields}


def make_fit_rule(field: str, op: str, value: object, points: float = 10, name: str = "Fit") -> dict:
    return {"name": name, "field": field, "op": op, "value": value, "points": points}


def make_rule_set(*rules: dict, fit: tuple[dict, ...] = (), version: int = 1, **fields) -> RuleSet:
    return rule_set_from_json({"name": "Test", "rules": list(rules), "fit": list(fit), **fields}, version)


def score_of(rule_set: RuleSet, facts: LeadFacts, as_of: float = NOW) -> Score:
    return score_lead(compile_rule_set(rule_set), facts, as_of)


def days_ago(days: float) -> float:
    return NOW - days * DAY
