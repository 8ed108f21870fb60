"""The rule set of a new installation, and the ready-made policies."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from scoring.engine.definition import ANY
from scoring.models import RuleSet
from scoring.rules.draft import import_draft
from scoring.rules.publish import publish

ENGAGEMENT: Mapping[str, Any] = {
    "mql_threshold": 40,
    "sql_threshold": 70,
    "margin": 10,
    "mql_on_engagement": True,
    "engagement_memory_days": 90,
    "sql_on_hand_raise": True,
    "gate_hand_raise": False,
    "direct": False,
    "reopen_disqualified": False,
}
NO_GATES: Mapping[str, Any] = {"require_persona": None, "require_journey": None}
READY_MADE_POLICIES: Mapping[str, Mapping[str, Any]] = {
    "Engagement": {**ENGAGEMENT, **NO_GATES},
    "Score": {**ENGAGEMENT, **NO_GATES, "mql_on_engagement": False},
    # It keeps the gates that the rule set has.
    "Direct pass": {**ENGAGEMENT, "direct": True},
    "Persona and journey": {**ENGAGEMENT, "require_persona": ANY, "require_journey": ANY},
}
READY_MADE_MEANINGS: Mapping[str, str] = {
    "Engagement": "One download, webinar or similar makes an MQL, whatever the score. A good start.",
    "Score": "Only the score makes an MQL. For more leads than anybody could look at.",
    "Direct pass": "Every MQL goes straight to sales. For few leads, or quick sales.",
    "Persona and journey": "A high score is not enough: an SQL also matches a persona and has completed a journey.",
}


def _rule(
    name: str,
    kind: str,
    points: int,
    count: int,
    per: str | Mapping[str, str],
    *,
    half_life: int | None = 14,
    where: tuple[str, str, str] | None = None,
) -> dict[str, Any]:
    """Return a behaviour rule: points that halve after `half_life` days, for at most `count` events per period."""
    return {
        "name": name,
        "kind": kind,
        "points": points,
        "half_life_days": half_life,
        "cap": None,
        "limit": {"count": count, "per": per},
        "conditions": [dict(zip(("field", "op", "value"), where, strict=True))] if where else [],
    }


def _fit(name: str, points: int, field: str, op: str, value: object) -> dict[str, Any]:
    return {"name": name, "field": field, "op": op, "value": value, "points": points}


BEHAVIOUR = [
    _rule("Demo requested", "demo_requested", 20, 1, "month", half_life=30),
    _rule("Quote requested", "quote_requested", 20, 1, "month", half_life=30),
    _rule("Meeting booked", "meeting_booked", 20, 1, "month", half_life=30),
    _rule("Trial converted", "trial_converted", 20, 1, "ever", half_life=30),
    _rule("Sales contact requested", "sales_contact_requested", 15, 1, "month", half_life=30),
    _rule("Trial started", "trial_started", 15, 1, "ever"),
    _rule("Webinar attended", "webinar_attended", 8, 1, {"value_of": "properties.webinar"}),
    _rule("Visited showroom", "store_visited", 7, 2, "month"),
    _rule("Website form", "form_submitted", 6, 1, "month"),
    _rule("eBook downloaded", "ebook_downloaded", 5, 2, "month"),
    _rule("Called us", "call_received", 5, 1, "day"),
    _rule("Event contact form", "event_form_submitted", 5, 1, {"value_of": "properties.event"}),
    _rule("Content downloaded", "content_downloaded", 4, 2, "month"),
    _rule("Chat", "chat_engaged", 3, 1, "day"),
    _rule("Newsletter sign-up", "newsletter_subscribed", 3, 1, "ever"),
    _rule("Webinar sign-up", "webinar_registered", 3, 1, {"value_of": "properties.webinar"}),
    _rule("Viewed pricing", "page_viewed", 2, 3, "week", where=("properties.path", "starts_with", "/pricing")),
    _rule("Ad click", "ad_clicked", 2, 1, "week"),
    _rule("E-mail link clicked", "email_clicked", 1, 2, "week"),
    _rule("Social interaction", "social_interaction", 1, 3, "week"),
    _rule("Careers page", "page_viewed", -10, 1, "month", where=("properties.path", "starts_with", "/careers")),
    _rule("Unsubscribed", "unsubscribed", -15, 1, "ever", half_life=None),
]

FIT = [
    _fit("Role is chief", 12, "title", "contains", "chief"),
    _fit("Role is director", 12, "title", "contains", "director"),
    _fit("Role is head of", 12, "title", "contains", "head of"),
    _fit("Role is manager", 12, "title", "contains", "manager"),
    _fit("Role is student or intern", -10, "title", "in", ["Student", "Intern", "Trainee"]),
    _fit("50-250 staff", 10, "organization.employee_count", "between", [50, 250]),
    _fit("More than 250 staff", 6, "organization.employee_count", "gt", 250),
    _fit("Nordic country", 6, "country", "in", ["Denmark", "Finland", "Iceland", "Norway", "Sweden"]),
    _fit("Target industry", 4, "organization.industry", "in", ["Hospitality", "Professional services", "Software"]),
    _fit("Business e-mail", 4, "email", "business_email", True),
    _fit("Free e-mail address", -4, "email", "free_email", True),
]

DEFAULT_RULE_SET: Mapping[str, Any] = {
    "name": "Default",
    "behaviour_limit": 60,
    "fit_limit": 40,
    "rules": BEHAVIOUR,
    "fit": FIT,
    "personas": [],
    "journeys": [],
    "policy": {**ENGAGEMENT, **NO_GATES},
}


@transaction.atomic
def add_default_rule_set(*, now: datetime) -> None:
    """Make the default rule set live if there is no rule set at all."""
    if not RuleSet.objects.exists():
        publish(import_draft(DEFAULT_RULE_SET, now=now), by=None, note="The rules to start with", now=now)
