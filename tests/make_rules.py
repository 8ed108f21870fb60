"""Rule sets for tests: small enough to compute by hand."""

from collections.abc import Mapping
from typing import Any

from scoring.models import RuleSet
from scoring.rules.draft import import_draft
from scoring.rules.publish import publish
from tests.make import NOON

TRIAL = {"name": "Trial started", "kind": "trial_started", "points": 15, "half_life_days": 14}
PRICING = {
    "name": "Viewed pricing",
    "kind": "page_viewed",
    "points": 2,
    "half_life_days": 14,
    "limit": {"count": 3, "per": "week"},
    "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}],
}
MANAGER = {"name": "Role", "field": "title", "op": "contains", "value": "manager", "points": 12}
BY_SCORE = {"mql_on_engagement": False, "sql_on_hand_raise": False}


OFFICE_MANAGER = {
    "name": "Office manager",
    "minimum": 0.5,
    "criteria": [
        {"name": "Runs the office", "field": "title", "op": "contains", "value": "office", "points": 12},
        {"name": "Holds the budget", "field": "attributes.budget", "op": "is", "value": True, "points": 8},
        {"name": "Many staff", "field": "organization.employee_count", "op": "gte", "value": 50, "points": 4},
    ],
}
EVALUATE = {
    "name": "Evaluate",
    "window_days": 30,
    "steps": [{"name": "Guide", "kind": "ebook_downloaded"}, {"name": "Trial", "kind": "trial_started"}],
}


def publish_rules(
    rules: list[Mapping[str, Any]],
    *,
    fit: list[Mapping[str, Any]] = (),
    personas: list[Mapping[str, Any]] = (),
    journeys: list[Mapping[str, Any]] = (),
    **policy: Any,
) -> RuleSet:
    """Make a rule set of these rules live."""
    parts = {"rules": rules, "fit": list(fit), "personas": list(personas), "journeys": list(journeys)}
    draft = import_draft({"name": "Test", **parts, "policy": policy}, now=NOON)
    publish(draft, by=None, now=NOON)
    return RuleSet.objects.get(pk=draft.pk)
