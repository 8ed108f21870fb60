"""Celery's entry points to the background work of leads."""

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

# Leads compared per task in the search for duplicates, so that scoring does not wait for it.
COMPARED_AT_ONCE = 25
# The cache flag of the running search, and its lifetime in seconds.
SEARCHING, SEARCH_LASTS = "search-for-duplicates", 60
# Without a broker: seconds of the search per turn.
PATIENCE = 5.0

# Without a broker, requests process imports up to this many rows themselves; `manage.py worker` does the rest.
ROWS_IN_THE_REQUEST = 500

# What was stored just now has its own task under way.
GRACE = timedelta(seconds=5)
# Without a broker, a request processes at most this many of its deliveries itself, so that its sender need not wait.
PROCESSED_IN_THE_REQUEST = 3


@shared_task
def send_mail_of_form(*, mail_id: int) -> None:
    """Send a mail that a form owes."""
    send_form_mail(mail_id, now=timezone.now())


@shared_task
def send_what_forms_owe() -> None:
    """Send mails left behind by a lost task, a dead worker or an unavailable mail server."""
    for mail_id in unsent_mails(now=timezone.now()):
        send_mail_soon(mail_id)


@shared_task
def forget_submissions() -> None:
    """Delete submissions and mails of forms that are too old to keep."""
    forget_old_submissions(now=timezone.now())


def send_mail_soon(mail_id: int) -> None:
    """Send a mail in a worker or, without a broker, in this process."""
    if settings.REDIS_URL:
        broker.reach(lambda: send_mail_of_form.delay(mail_id=mail_id))
    else:
        send_mail_of_form(mail_id=mail_id)


@shared_task
def process_delivery(delivery_id: int) -> None:
    """Process one delivery."""
    process(delivery_id, clock=timezone.now)


@shared_task
def sweep_deliveries() -> None:
    """Process deliveries to be retried, and those left behind by a lost task or a dead worker."""
    process_due(clock=timezone.now, grace=GRACE if settings.REDIS_URL else timedelta(0))


@shared_task
def forget_deliveries() -> None:
    """Delete deliveries that are too old to keep."""
    forget_old(now=timezone.now())


def process_soon(delivery_ids: Sequence[int]) -> None:
    """Start processing these committed deliveries."""
    if settings.REDIS_URL:
        for delivery_id in delivery_ids:
            broker.reach(partial(process_delivery.delay, delivery_id=delivery_id))
    elif len(delivery_ids) <= PROCESSED_IN_THE_REQUEST:
        for delivery_id in delivery_ids:
            # A vendor's API may be slow, so fetching is left to the worker.
            process(delivery_id, clock=timezone.now, may_fetch=False)


@shared_task
def find_duplicates(*, goes_on: bool = False) -> None:
    """Compare new and changed leads with similar ones. goes_on: continues a running search."""
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
    """Check, run or undo an import for a while, and let a worker continue if there is more."""
    if work_on_import(job_id, clock=timezone.now) and settings.REDIS_URL:
        work_on.delay(job_id=job_id)


@shared_task
def sweep_imports() -> None:
    """Continue imports left behind by a lost task or a dead worker."""
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
    """Start processing an import of this many rows."""
    if settings.REDIS_URL:
        work_on.delay(job_id=job_id)
    elif rows <= ROWS_IN_THE_REQUEST:
        work_on(job_id=job_id)
