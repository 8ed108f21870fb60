"""Score every lead in id order: while one batch is computed, the next is read and the last is written."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from leads.events.due import mark_due
from leads.models import Lead
from scoring.qualification.drain import Clock, Progress, drain_all, no_garbage_collection
from scoring.qualification.rescore import Batch, Outcome, compute, read_batch, store
from scoring.qualification.turns import MARKING, end_turn, keep_turn
from scoring.rules.publish import advance_marking, begin_marking, end_marking

BATCH = 1000


def rescore_all(*, clock: Clock, report: Progress | None = None) -> None:
    """Score every lead, then what became due meanwhile; `report` hears how many each batch scored.

    Every lead counts as due from the beginning: those that this process has not reached when it dies, the sweep marks.
    """
    version = begin_marking()
    with _database_thread() as reader, _database_thread() as writer, no_garbage_collection():
        written: Future[None] | None = None
        for lead_ids, batch in _read_ahead(reader):
            keep_turn(MARKING)
            now = clock()
            outcomes = compute(batch, now=now)
            if written is not None:
                written.result()
            written = writer.submit(_write, lead_ids, outcomes, version, now)
            if report is not None:
                report(len(lead_ids))
        if written is not None:
            written.result()
    end_marking(version)
    end_turn(MARKING)
    drain_all(clock=clock)


def _read_ahead(reader: ThreadPoolExecutor) -> Iterator[tuple[Sequence[int], Batch]]:
    """Yield batch after batch, the next of which is being read already."""
    upcoming = reader.submit(_read_after, 0)
    while True:
        lead_ids, batch = upcoming.result()
        if not lead_ids:
            return
        upcoming = reader.submit(_read_after, lead_ids[-1])
        yield lead_ids, batch


def _read_after(lead_id: int) -> tuple[Sequence[int], Batch]:
    after = Lead.objects.current().filter(pk__gt=lead_id).order_by("pk")
    lead_ids = list(after.values_list("pk", flat=True)[:BATCH])
    return lead_ids, read_batch(lead_ids)


def _write(lead_ids: Sequence[int], outcomes: Sequence[Outcome], version: int, now: datetime) -> None:
    with transaction.atomic():
        stored = store(outcomes, now=now)
        # Another worker was first, perhaps with the rules of before.
        mark_due(set(lead_ids) - stored, now=now)
    advance_marking(version, lead_ids[-1])


@contextmanager
def _database_thread() -> Iterator[ThreadPoolExecutor]:
    """Start a thread that has a database connection of its own."""
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread
        finally:
            # Resolved in that thread: each has its own connection behind the one name.
            thread.submit(lambda: connection.close()).result()
