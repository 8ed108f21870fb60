"""The claim queue: which leads wait, and until when."""

from collections.abc import Sequence
from datetime import datetime

from leads.handoff.clock import respond_by
from leads.models import Lead, Stage, StageChange


def follow_stages(changes: Sequence[StageChange], *, now: datetime) -> None:
    """Start the clock of new SQLs, and stop it if scoring took them back.

    A released lead keeps its former clock.
    """
    last = {change.lead_id: change for change in changes}
    entered = [pk for pk, change in last.items() if change.to_stage == Stage.SQL and change.from_stage != Stage.CLAIMED]
    if entered:
        Lead.objects.filter(pk__in=entered).update(respond_by=respond_by(now))
    left = [pk for pk, change in last.items() if change.to_stage not in (Stage.SQL, Stage.CLAIMED)]
    if left:
        Lead.objects.filter(pk__in=left, respond_by__isnull=False).update(respond_by=None)


def restore_clock(lead_id: int, respond_by: datetime | None) -> None:
    """Restore a lead's former claim time when something is undone."""
    Lead.objects.filter(pk=lead_id).update(respond_by=respond_by)
