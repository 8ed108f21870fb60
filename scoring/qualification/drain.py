"""Work off what is due for scoring."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db.models import F

from leads.models import Lead
from scoring.qualification.rescore import rescore_leads
from scoring.qualification.turns import PARTS, end_turn, keep_turn

# Leads a batch: enough to spread the cost of its queries, few enough to keep its row locks and its memory small.
BATCH = 500

Clock = Callable[[], datetime]
Progress = Callable[[int], None]


def due_leads(part: int, *, now: datetime, most: int = BATCH) -> list[int]:
    """Return ids of leads of one part that are due, longest due first."""
    due = Lead.objects.due_for_scoring(now).annotate(part=F("pk") % PARTS).filter(part=part)
    return list(due.order_by("score_due_at", "pk").values_list("pk", flat=True)[:most])


def due_parts(*, now: datetime) -> list[int]:
    """Return the parts that have leads due."""
    return [part for part in range(PARTS) if due_leads(part, now=now, most=1)]


def drain_part(part: int, *, clock: Clock, report: Progress | None = None) -> None:
    """Score one part's leads until none of them is due; `report` hears how many each batch scored.

    The turn ends before each look: a lead that becomes due after the look has a task of its own then. Only who finds
    more than a batch takes it back and goes on.
    """
    is_more = True
    while is_more:
        end_turn(part)
        lead_ids = due_leads(part, now=clock())
        if not lead_ids:
            return
        is_more = len(lead_ids) == BATCH
        if is_more:
            keep_turn(part)
        with no_garbage_collection():
            rescore_leads(lead_ids, now=clock())
        if report is not None:
            report(len(lead_ids))


def drain_due(*, clock: Clock, report: Progress | None = None) -> None:
    """Score every lead that is due, in this process."""
    if not Lead.objects.due_for_scoring(clock()).exists():
        return
    for part in range(PARTS):
        drain_part(part, clock=clock, report=report)


def score_now(lead_ids: Sequence[int], *, clock: Clock) -> None:
    """Score these leads where they are due."""
    now = clock()
    rescore_leads(list(Lead.objects.due_for_scoring(now).filter(pk__in=lead_ids).values_list("pk", flat=True)), now=now)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Spare a batch the collector: it makes tens of thousands of tuples and no cycles (an eighth of its time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
