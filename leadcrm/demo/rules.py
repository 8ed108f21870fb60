"""The demo's rules: those of a new installation, plus two personas and a journey."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any

from django.db import transaction

from leadcrm.demo.chances import most_points
from leadcrm.demo.clock import DemoClock
from leadcrm.demo.life import Era
from leads.models import Lead, User
from scoring.engine.score import compile_rule_set
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.default import DEFAULT_RULE_SET
from scoring.rules.definition import rule_set_from_rows
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
# Halden began with a lower bar, and sales got many who only looked around. So its history has leads that today's rules
# would not have passed on, buyers among them.
FORMER_RULE_SET: Mapping[str, Any] = {
    **DEMO_RULE_SET,
    "policy": {**DEMO_RULE_SET["policy"], "mql_threshold": 25, "sql_threshold": 40},
}
FORMER_NOTE = "Halden's personas and its journey; SQL at 40 points"
NOTE = "SQL at 70 points instead of 40: too many only looked around"
# Days back, in the morning.
FORMER_PUBLISHED, PUBLISHED = 400, 75.2


@transaction.atomic
def add_demo_rules(*, by: User, now: datetime) -> None:
    """Publish the demo's two versions, unless there are leads or somebody has changed the rules already."""
    if Lead.objects.exists() or RuleSet.objects.filter(version__gt=1).exists():
        return
    clock = DemoClock(now)
    for content, note, days in ((FORMER_RULE_SET, FORMER_NOTE, FORMER_PUBLISHED), (DEMO_RULE_SET, NOTE, PUBLISHED)):
        then = datetime.fromtimestamp(clock.moment(days), UTC)
        publish(import_draft(content, now=then), by=by, note=note, now=then)


def demo_eras() -> tuple[Era, ...]:
    """Return the eras of the live rules and of those that were published before them; the first begins long ago."""
    live = RuleSet.objects.get(status=RuleSetStatus.LIVE)
    former = RuleSet.objects.filter(published_at__lt=live.published_at).order_by("published_at", "version")
    eras: list[Era] = []
    for row in (*former, live):
        rules = compile_rule_set(rule_set_from_rows(row))
        began_at = row.published_at.timestamp() if eras and row.published_at else -inf
        eras.append(Era(began_at, rules, most_points(rules.rule_set)))
    return tuple(eras)
