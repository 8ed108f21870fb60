"""What each fact sets in motion on the side of people and sales."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from leads import signals, tasks
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


@receiver(signals.form_mail_owed)
def send_on_commit(mail_ids: Sequence[int], **kwargs: object) -> None:
    """Have mails sent as soon as what they are about is stored.

    Robust: when that fails, the form is taken in all the same, and the schedule sends them.
    """
    for mail_id in mail_ids:
        transaction.on_commit(partial(tasks.send_mail_soon, mail_id), robust=True)
