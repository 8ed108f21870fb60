"""Put a lead back into the stage that it had before something that was undone."""

from collections.abc import Mapping
from datetime import datetime

from leads import signals
from leads.errors import StageMoveRefused
from leads.models import Lead, StageChange, User


def restore_stage(lead: Lead, columns: Mapping[str, object], *, reason: str, by: User, now: datetime) -> None:
    """Set the stage and its times as they were, from wherever scoring has moved the lead since, and record it.

    columns: stage, stage_changed_at, recycled_at, retry_on and disqualified_at of then. Call inside a transaction.
    Raises StageMoveRefused when the lead has left the stage that it was read in.
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
