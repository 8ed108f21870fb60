"""What each fact sets in motion on the side of people and sales."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from leads import signals
from leads.channels.tracking.write_key import forget_sources
from leads.handoff.queue import follow_stages
from leads.models import Source, StageChange


@receiver(signals.stage_changed)
def run_the_clock(changes: Sequence[StageChange], now: datetime, **kwargs: object) -> None:
    """Give a new SQL its time to be claimed by."""
    follow_stages(changes, now=now)


@receiver([post_save, post_delete], sender=Source)
def believe_new_write_keys(**kwargs: object) -> None:
    """Let a key that was made or switched off here work, or not, at once."""
    forget_sources()
