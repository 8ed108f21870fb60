"""The demo's rules: those of a new installation, plus two personas and a journey."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.models import Lead
from scoring.models import RuleSet
from scoring.rules.default import DEFAULT_RULE_SET
from scoring.rules.draft import import_draft
from scoring.rules.publish import publish


def _path(start: str) -> dict[str, str]:
    return {"field": "properties.path", "op": "starts_with", "value": start}


# The last criterion of each persona is unknown for every lead: it becomes a question that sales asks.
OFFICE_MANAGER = {
    "name": "Office manager",
    "minimum": 0.5,
    "criteria": [
        {"name": "Role", "field": "title", "op": "contains", "value": "office", "points": 3},
        {
            "name": "50-250 staff",
            "field": "organization.employee_count",
            "op": "between",
            "value": [50, 250],
            "points": 2,
        },
        {"name": "Decides on the budget", "field": "attributes.budget_holder", "op": "is", "value": True, "points": 2},
    ],
}
CAFE_OWNER = {
    "name": "Café owner",
    "minimum": 0.5,
    "criteria": [
        {"name": "Role", "field": "title", "op": "contains", "value": "owner", "points": 3},
        {"name": "Hospitality", "field": "organization.industry", "op": "is", "value": "Hospitality", "points": 2},
        {"name": "More than 20 seats", "field": "attributes.seats", "op": "gt", "value": 20, "points": 2},
    ],
}
EVALUATE = {
    "name": "Evaluate",
    "window_days": 60,
    "steps": [
        {"name": "Machines", "kind": "page_viewed", "conditions": [_path("/machines")]},
        {"name": "Pricing", "kind": "page_viewed", "conditions": [_path("/pricing")]},
        {"name": "Trial", "kind": "trial_started"},
        {"name": "Quote", "kind": "quote_requested"},
    ],
}
DEMO_RULE_SET: Mapping[str, Any] = {
    **DEFAULT_RULE_SET,
    "personas": [OFFICE_MANAGER, CAFE_OWNER],
    "journeys": [EVALUATE],
}


@transaction.atomic
def add_demo_rules(*, now: datetime) -> None:
    """Make the demo's rule set live, unless there are leads or somebody has changed the rules already."""
    if not (Lead.objects.exists() or RuleSet.objects.filter(version__gt=1).exists()):
        publish(import_draft(DEMO_RULE_SET, now=now), by=None, note="Halden's personas and its journey", now=now)
