"""Celery's entry points to what leads does in the background."""

import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from leads.broker import broker
from leads.channels.connectors.process import forget_old, process, process_due
from leads.channels.forms.forget import forget_old_submissions
from leads.channels.forms.mail import send_form_mail, unsent_mails
from leads.channels.imports.retention import remove_old_files
from leads.channels.imports.work import waiting_imports, work_on_import
from leads.identity.find_duplicates import compare_next

# The search for duplicates compares so many leads before it lets others have the worker: scoring must not wait for it.
COMPARED_AT_ONCE = 25
SEARCHING, SEARCH_LASTS = "search-for-duplicates", 60  # the flag of the one search under way, and its seconds
# Without a broker nobody waits for the worker: so many seconds a turn.
PATIENCE = 5.0

# Without a broker a request checks, runs and undoes imports of so many rows itself; `manage.py worker` does the rest.
ROWS_IN_THE_REQUEST = 500

# What has just been stored has a task of its own on the way.
GRACE = timedelta(seconds=5)
# Without a broker a request works on what it brought itself, unless that would make its sender wait.
PROCESSED_IN_THE_REQUEST = 3


@shared_task
def send_mail_of_form(*, mail_id: int) -> None:
    """Send a mail that a form owes."""
    send_form_mail(mail_id, now=timezone.now())


@shared_task
def send_what_forms_owe() -> None:
    """Send what a lost task, a dead worker or a mail server that was away left behind."""
    for mail_id in unsent_mails(now=timezone.now()):
        send_mail_soon(mail_id)


@shared_task
def forget_submissions() -> None:
    """Delete submissions and mails of forms that are too old to keep."""
    forget_old_submissions(now=timezone.now())


def send_mail_soon(mail_id: int) -> None:
    """Have a mail sent by a worker; without a broker this process sends it."""
    if settings.REDIS_URL:
        broker.reach(lambda: send_mail_of_form.delay(mail_id=mail_id))
    else:
        send_mail_of_form(mail_id=mail_id)


@shared_task
def process_delivery(delivery_id: int) -> None:
    """Work on one delivery of a vendor."""
    process(delivery_id, clock=timezone.now)


@shared_task
def sweep_deliveries() -> None:
    """Work off the deliveries that are due again, and what a lost task or a dead worker left behind."""
    process_due(clock=timezone.now, grace=GRACE if settings.REDIS_URL else timedelta(0))


@shared_task
def forget_deliveries() -> None:
    """Delete deliveries that are too old to keep."""
    forget_old(now=timezone.now())


def process_soon(delivery_ids: Sequence[int]) -> None:
    """See that these deliveries, stored and committed, are worked on at once."""
    if settings.REDIS_URL:
        for delivery_id in delivery_ids:
            broker.reach(partial(process_delivery.delay, delivery_id=delivery_id))
    elif len(delivery_ids) <= PROCESSED_IN_THE_REQUEST:
        for delivery_id in delivery_ids:
            # A vendor's API may be slow: what must be fetched is left to the worker.
            process(delivery_id, clock=timezone.now, may_fetch=False)


@shared_task
def find_duplicates(*, goes_on: bool = False) -> None:
    """Compare the leads that are new or changed with those who look like them; goes_on: a search that has begun."""
    if not settings.REDIS_URL:
        until = time.monotonic() + PATIENCE
        while compare_next(now=timezone.now()) and time.monotonic() < until:
            pass
    elif goes_on or cache.add(SEARCHING, 1, SEARCH_LASTS):
        if compare_next(now=timezone.now(), most=COMPARED_AT_ONCE) == COMPARED_AT_ONCE:
            cache.set(SEARCHING, 1, SEARCH_LASTS)
            find_duplicates.delay(goes_on=True)
        else:
            cache.delete(SEARCHING)


@shared_task
def work_on(*, job_id: int) -> None:
    """Check, run or undo an import for a while, and have a worker go on with what is left."""
    if work_on_import(job_id, clock=timezone.now) and settings.REDIS_URL:
        work_on.delay(job_id=job_id)


@shared_task
def sweep_imports() -> None:
    """Go on with the imports that a lost task or a dead worker left behind."""
    for job_id in waiting_imports(now=timezone.now()):
        if settings.REDIS_URL:
            work_on.delay(job_id=job_id)
        else:
            work_on(job_id=job_id)


@shared_task
def remove_old_import_files() -> None:
    """Delete the files of imports that are older than the settings say."""
    remove_old_files(kept=timedelta(days=settings.IMPORT_FILES_KEPT_DAYS), now=timezone.now())


def work_soon(job_id: int, *, rows: int) -> None:
    """Have an import of so many rows worked on at once."""
    if settings.REDIS_URL:
        work_on.delay(job_id=job_id)
    elif rows <= ROWS_IN_THE_REQUEST:
        work_on(job_id=job_id)
