"""A worker dies by SIGKILL in the middle of an import: another goes on, and every row is stored once."""

import io

import pytest
from django.db import connection, transaction
from django.utils import timezone

from leads import tasks
from leads.channels.imports import jobs
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.outcome import OUTCOMES
from leads.models import Identifier, ImportedLead, ImportJob, ImportState, Lead, LeadSearch, Organization
from tests.faults.test_killed_worker import kill_its_process, kill_worker
from tests.make import make_user
from tests.processes import wait_for

ROWS = 9_000
REPEATED = 100
# A worker counts as dead after 20 seconds, and beat looks every 5.
GOES_ON_WITHIN = 60.0


@pytest.fixture
def job(house, settings):
    """Return an import of three chunks, checked, whose file the workers see."""
    settings.MEDIA_ROOT = house.processes.folder / "media"
    rows = [f"lead{number}@lund.no,Company {number % 70}" for number in range(ROWS - REPEATED)]
    content = "\n".join(["Email,Company", *rows, *rows[:REPEATED]]).encode()
    user = make_user()
    job = jobs.take_file(io.BytesIO(content), name="leads.csv", size=len(content), by=user, now=timezone.now())
    jobs.choose_columns(job, choice_of(job), now=timezone.now())
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.CHECKED)
    job.refresh_from_db()
    jobs.start(job, by=user, now=timezone.now())
    return job


def place_of(job) -> int:
    return ImportJob.objects.values_list("stored_to", flat=True).get(pk=job.pk)


def is_done(job) -> bool:
    return ImportJob.objects.filter(pk=job.pk, state=ImportState.DONE).exists()


@pytest.mark.parametrize("kill", [kill_its_process, kill_worker])
def test_an_import_whose_worker_is_killed_inside_a_chunk_goes_on_and_stores_every_row_once(house, job, kill):
    with transaction.atomic():
        with connection.cursor() as cursor:
            # All of a chunk is written but for what it takes to undo it: the worker stands still before its commit.
            cursor.execute("LOCK TABLE leads_importedlead IN SHARE MODE")
        house._enqueue(tasks.work_on, job_id=job.pk)
        victim = min(wait_for(house.waiting_for_a_lock, "a worker inside a chunk"))
        kill(house.workers[victim])

    wait_for(lambda: is_done(job), "another worker to go on", GOES_ON_WITHIN)

    job.refresh_from_db()
    assert {name: job.result[name] for name in OUTCOMES} == {
        "new": ROWS - REPEATED,
        "updated": 0,
        "unchanged": 0,
        "duplicate": REPEATED,
        "refused": 0,
    }
    for model in (Lead, LeadSearch, Identifier, ImportedLead):
        assert model.objects.count() == ROWS - REPEATED, model
    assert Organization.objects.count() == 70


def test_an_import_goes_on_when_the_broker_has_forgotten_it(house, job):
    house._enqueue(tasks.work_on, job_id=job.pk)
    wait_for(lambda: place_of(job) > 0, "the first chunk")
    house.forget()

    wait_for(lambda: is_done(job), "the import to end", GOES_ON_WITHIN)

    assert Lead.objects.count() == ROWS - REPEATED
