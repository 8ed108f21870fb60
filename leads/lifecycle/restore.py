"""Restore a lead's former stage when something is undone."""

from collections.abc import Mapping
from datetime import datetime

from leads import signals
from leads.errors import StageMoveRefused
from leads.models import Lead, StageChange, User


def restore_stage(lead: Lead, columns: Mapping[str, object], *, reason: str, by: User, now: datetime) -> None:
    """Set stage and times as they were, wherever scoring has moved the lead since, and record it.

    columns: the former stage, stage_changed_at, recycled_at, retry_on and disqualified_at. Call inside a transaction.
    Raises StageMoveRefused if the lead has left the stage in which it was read.
    """
    if not Lead.objects.filter(pk=lead.pk, stage=lead.stage, claimed_at=lead.claimed_at).update(**columns):
        raise StageMoveRefused(f"{lead.display_name} has left the stage {lead.get_stage_display()} meanwhile.")
    change = StageChange.objects.create(
        lead=lead,
        from_stage=lead.stage,
        to_stage=str(columns["stage"]),
        reason=reason,
        actor=by,
        score=lead.score,
        fit=lead.fit,
        behaviour=lead.behaviour,
        changed_at=now,
    )
    signals.stage_changed.send(sender=StageChange, changes=[change], now=now)
