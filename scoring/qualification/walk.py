"""Score every lead in id order: while one batch is computed, the next is read and the last is written."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from leads.events.due import mark_due
from leads.models import Lead
from scoring.qualification.drain import Clock, Progress, drain_all, no_garbage_collection
from scoring.qualification.rescore import Facts, Outcome, compute, read_facts, rescore_leads, store
from scoring.qualification.turns import MARKING, end_turn, keep_turn
from scoring.rules.publish import advance_marking, begin_marking, end_marking

logger = logging.getLogger(__name__)

BATCH = 1000

# The ids of a batch, what was read of it, and when.
Reading = tuple[Sequence[int], Facts, datetime]


def rescore_all(*, clock: Clock, report: Progress | None = None) -> None:
    """Score every lead, then what became due meanwhile; `report` hears how many each batch scored.

    Every lead counts as due from the beginning: those that this process has not reached when it dies, the sweep marks.
    """
    version = begin_marking()
    with _database_thread() as reader, _database_thread() as writer, no_garbage_collection():
        written: Future[None] | None = None
        for lead_ids, facts, now in _read_ahead(reader, clock):
            keep_turn(MARKING)
            outcome = _computed(facts)
            if written is not None:
                written.result()
            written = writer.submit(_write, lead_ids, outcome, version, now)
            if report is not None:
                report(len(lead_ids))
        if written is not None:
            written.result()
    end_marking(version)
    end_turn(MARKING)
    drain_all(clock=clock)


def _read_ahead(reader: ThreadPoolExecutor, clock: Clock) -> Iterator[Reading]:
    """Yield batch after batch, the next of which is being read already."""
    upcoming = reader.submit(_read_after, 0, clock)
    while True:
        reading = upcoming.result()
        if not reading[0]:
            return
        upcoming = reader.submit(_read_after, reading[0][-1], clock)
        yield reading


def _read_after(lead_id: int, clock: Clock) -> Reading:
    after = Lead.objects.current().filter(pk__gt=lead_id).order_by("pk")
    lead_ids = list(after.values_list("pk", flat=True)[:BATCH])
    now = clock()
    return lead_ids, read_facts(lead_ids, now=now), now


def _computed(facts: Facts) -> Outcome | None:
    """Compute a batch; None where a lead in it can't be scored, and the writer scores what it can one by one."""
    try:
        return compute(facts)
    except Exception:
        logger.exception("%s leads could not be scored at once.", len(facts.leads))
        return None


def _write(lead_ids: Sequence[int], outcome: Outcome | None, version: int, now: datetime) -> None:
    if outcome is None:
        rescore_leads(lead_ids, now=now)
    else:
        _store_or_mark(lead_ids, outcome, now)
    advance_marking(version, lead_ids[-1])


def _store_or_mark(lead_ids: Sequence[int], outcome: Outcome, now: datetime) -> None:
    """Write a batch; where another worker was first, perhaps with the rules of before, make the lead due.

    In two transactions: one that held the written leads and then asked for the others would lock out of order.
    """
    left = set(lead_ids) - store(outcome, now=now)
    with transaction.atomic():
        mark_due(left, now=now)


@contextmanager
def _database_thread() -> Iterator[ThreadPoolExecutor]:
    """Start a thread that has a database connection of its own."""
    with ThreadPoolExecutor(1) as thread:
        try:
            yield thread
        finally:
            # Resolved in that thread: each has its own connection behind the one name.
            thread.submit(lambda: connection.close()).result()
