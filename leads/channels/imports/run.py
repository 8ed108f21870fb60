"""Run an import chunk by chunk. A chunk and the import's position are stored together, so each row is stored once."""

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import F

from leads.channels.imports.chunks import Read, read_chunks
from leads.channels.imports.companies import Companies, KnownCompanies
from leads.channels.imports.outcome import Counts, added
from leads.channels.imports.sheet import SheetRefused
from leads.channels.imports.store import store_rows
from leads.identity.keys import Key
from leads.identity.locks import MoreToLock
from leads.models import ImportJob, ImportState

Clock = Callable[[], datetime]

# A chunk is retried after a race about the same people; more than a few retries are a bug.
ATTEMPTS = 20
OBJECTS_A_COLLECTION = 200_000


class Overtaken(Exception):
    """Another process works on the import, or a user stopped it."""


def run_import(job_id: int, *, clock: Clock, span: timedelta | None = None) -> bool:
    """Store the remaining rows for about this long; return whether there are more.

    May be run again, and by several processes at once: each chunk is stored by one of them. If the file is broken, the
    import ends as failed and keeps what is stored.
    """
    job = ImportJob.objects.get(pk=job_id)
    if job.state != ImportState.RUNNING:
        return False
    began, known = clock(), KnownCompanies()
    try:
        with fewer_collections():
            for chunk in read_chunks(job, skip=job.stored_to, now=began):
                store_chunk(job, chunk, known, now=clock())
                if span is not None and clock() - began >= span:
                    return True
    except Overtaken:
        return False
    except SheetRefused as refusal:
        _end(job, ImportState.FAILED, now=clock(), problem=str(refusal))
        return False
    except (DataError, IntegrityError) as error:
        first = job.stored_to + 1
        _end(job, ImportState.FAILED, now=clock(), problem=f"Rows from {first:,} on could not be stored: {error}")
        return False
    _end(job, ImportState.DONE, now=clock())
    return False


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Let the garbage collector run less often: rows create many objects and no cycles."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_A_COLLECTION, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def store_chunk(job: ImportJob, chunk: list[Read], known: KnownCompanies, *, now: datetime) -> None:
    """Store rows and advance the import's position, both or neither. Raises Overtaken."""
    also: Collection[Key] = frozenset()
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                result, companies = _store_chunk(job, chunk, known, also, now)
        except MoreToLock as more:
            also = {*also, *more.keys}
        except IntegrityError:
            # A known organization may have been deleted; any other error recurs on the retry.
            if not known.forget():
                raise
        else:
            known.remember(companies.found)
            job.stored_to, job.result = job.stored_to + len(chunk), result
            return
    raise OperationalError("Too many work on the same people at the same time.")


def _store_chunk(
    job: ImportJob, chunk: list[Read], known: KnownCompanies, also: Collection[Key], now: datetime
) -> tuple[Counts, Companies]:
    place = ImportJob.objects.filter(pk=job.pk, state=ImportState.RUNNING, stored_to=job.stored_to)
    # The first to advance the position holds the row until the commit; a second one finds it changed.
    if not place.update(stored_to=F("stored_to") + len(chunk), heartbeat_at=now):
        raise Overtaken
    outcomes, companies = store_rows(job, chunk, known, also_lock=also, now=now)
    result = added(job.result, outcomes, chunk)
    ImportJob.objects.filter(pk=job.pk).update(result=result)
    return result, companies


def _end(job: ImportJob, state: ImportState, *, now: datetime, problem: str = "") -> None:
    ImportJob.objects.filter(pk=job.pk, state=ImportState.RUNNING, stored_to=job.stored_to).update(
        state=state, finished_at=now, problem=problem[:500]
    )
