"""Leads whose end is known, for tests of the backtest."""

from datetime import datetime, timedelta

from leads.models import Lead, Stage, StageChange
from tests.make import NOON, make_event, make_lead

END = NOON - timedelta(days=10)


def close(lead: Lead, to_stage: str, *, at: datetime = END, from_stage: str = Stage.CLAIMED) -> None:
    StageChange.objects.create(lead=lead, from_stage=from_stage, to_stage=to_stage, reason="Closed.", changed_at=at)


def closed_lead(*kinds: str, won: bool, days_before: float = 5, **fields) -> Lead:
    """Store a lead that did these things so many days before it was won or lost."""
    lead = make_lead(**fields)
    for kind in kinds:
        make_event(lead, kind, occurred_at=END - timedelta(days=days_before))
    close(lead, Stage.CUSTOMER if won else Stage.DISQUALIFIED)
    return lead
