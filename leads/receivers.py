"""What each fact sets in motion on the side of people and sales."""

from collections.abc import Sequence
from datetime import datetime

from django.dispatch import receiver

from leads import signals
from leads.handoff.queue import follow_stages
from leads.models import StageChange


@receiver(signals.stage_changed)
def run_the_clock(changes: Sequence[StageChange], now: datetime, **kwargs: object) -> None:
    """Give a new SQL its time to be claimed by."""
    follow_stages(changes, now=now)
