"""What each fact triggers in leads."""

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
    """Start the claim clock of new SQLs."""
    follow_stages(changes, now=now)


@receiver([post_save, post_delete], sender=Source)
def believe_new_write_keys(**kwargs: object) -> None:
    """Apply a key that was created or switched off in this process at once."""
    forget_sources()


@receiver(signals.form_mail_owed)
def send_on_commit(mail_ids: Sequence[int], **kwargs: object) -> None:
    """Send mails as soon as their cause is committed.

    Robust: if that fails, the form is stored all the same and the schedule sends the mails.
    """
    for mail_id in mail_ids:
        transaction.on_commit(partial(tasks.send_mail_soon, mail_id), robust=True)
