from datetime import timedelta

from django.core.files.storage import default_storage

from leads.channels.imports import jobs
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.retention import remove_old_files
from leads.channels.imports.work import DEAD_AFTER, waiting_imports, work_on_import
from leads.models import ImportJob, ImportState, Lead
from tests.make import NOON

FILE = "Email\nmaja@lund.no\n"


def test_an_import_waits_until_somebody_works_on_it_and_again_once_that_one_is_dead(take):
    job = take(FILE)
    assert waiting_imports(now=NOON) == []
    jobs.choose_columns(job, choice_of(job), now=NOON)
    assert waiting_imports(now=NOON) == [job.pk]

    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=NOON)

    assert waiting_imports(now=NOON) == []
    assert waiting_imports(now=NOON + DEAD_AFTER + timedelta(seconds=1)) == [job.pk]


def test_two_never_work_on_the_same_import(take):
    job = take(FILE)
    jobs.choose_columns(job, choice_of(job), now=NOON)
    ImportJob.objects.filter(pk=job.pk).update(heartbeat_at=NOON)

    work_on_import(job.pk, clock=lambda: NOON)

    job.refresh_from_db()
    assert job.state == ImportState.CHECKING


def test_an_import_goes_through_its_states(take, marketer):
    job = take(FILE)
    jobs.choose_columns(job, choice_of(job), now=NOON)
    work_on_import(job.pk, clock=lambda: NOON)
    job.refresh_from_db()
    jobs.start(job, by=marketer, now=NOON)
    work_on_import(job.pk, clock=lambda: NOON)
    job.refresh_from_db()
    assert (job.state, Lead.objects.count()) == (ImportState.DONE, 1)
    jobs.begin_undo(job, by=marketer, now=NOON)
    work_on_import(job.pk, clock=lambda: NOON)
    job.refresh_from_db()
    assert (job.state, Lead.objects.count()) == (ImportState.UNDONE, 0)


def test_files_are_removed_after_their_time_and_leads_stay(import_file):
    job = import_file(FILE)
    stored = job.file

    assert remove_old_files(kept=timedelta(days=30), now=NOON + timedelta(days=29)) == 0
    assert remove_old_files(kept=timedelta(days=30), now=NOON + timedelta(days=31)) == 1

    job.refresh_from_db()
    assert not default_storage.exists(stored)
    assert (job.file, job.first_rows, Lead.objects.count()) == ("", [], 1)


def test_a_file_that_is_gone_fails_the_import_with_words(take, marketer):
    job = take(FILE)
    default_storage.delete(job.file)
    jobs.choose_columns(job, choice_of(job), now=NOON)

    work_on_import(job.pk, clock=lambda: NOON)

    job.refresh_from_db()
    assert (job.state, job.problem) == (ImportState.FAILED, "The file is no longer here; choose it again.")
