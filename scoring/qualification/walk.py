"""A full rescore: score every lead, batch by batch in id order, by any number of processes side by side."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import DatabaseError, transaction
from django.db.models import Q

from leads.models import Lead
from scoring.engine.batch import Flags
from scoring.engine.next_change import TOLERANCE
from scoring.qualification.drain import Clock, Progress, drain_due, no_garbage_collection
from scoring.qualification.rescore import Outcome, compute, read_facts, rescore_leads, store
from scoring.rules.full_rescore import advance, leads_in, lock_range

BATCH = 1000


def drain_all(*, clock: Clock, report: Progress | None = None) -> None:
    """Score every lead that is due or that a full rescore has not reached, in this process.

    `report` hears how many each batch scored. What becomes due meanwhile comes first.
    """
    drain_due(clock=clock, report=report)
    while (scored := rescore_next(clock=clock)) is not None:
        if report is not None:
            report(scored)
        drain_due(clock=clock, report=report)


@transaction.atomic
def rescore_next(*, clock: Clock) -> int | None:
    """Score the next batch of a range that nobody works on, and return how many leads; None when there is no range."""
    unfinished = lock_range()
    if unfinished is None:
        return None
    lead_ids = list(leads_in(unfinished).order_by("pk").values_list("pk", flat=True)[:BATCH])
    with no_garbage_collection():
        is_done = _rescore_changed(lead_ids, now=clock())
    if is_done:
        advance(unfinished, lead_ids[-1] if len(lead_ids) == BATCH else None)
    return len(lead_ids)


def _rescore_changed(lead_ids: Sequence[int], *, now: datetime) -> bool:
    """Score leads and write what is no longer as it should be; say whether all of them are done by these rules."""
    if not lead_ids:
        return True
    try:
        outcome = compute(read_facts(lead_ids, now=now))
    except DatabaseError:
        raise
    except Exception:
        # Too many events at once, or a lead that can't be scored: the others are, by halves.
        if len(lead_ids) > 1:
            middle = len(lead_ids) // 2
            halves = (lead_ids[:middle], lead_ids[middle:])
            return all(_rescore_changed(half, now=now) for half in halves)
        rescore_leads(lead_ids, now=now)
        return True
    rows = np.flatnonzero(~_stands(outcome, now))
    refused = set(outcome.leads.id[rows].tolist()) - store(outcome, rows, now=now)
    return not refused or not _were_scored_by_others(refused, outcome.version, now)


def _stands(outcome: Outcome, now: datetime) -> Flags:
    """Say of each lead whether what is stored is what these rules find, decay apart, and holds until it is due."""
    leads, scores = outcome.leads, outcome.scores
    fades = ~np.isnan(leads.score_due_at)
    is_waiting = np.where(fades, leads.score_due_at > now.timestamp(), np.isinf(outcome.due_at))
    is_alike = (leads.fit == scores.fit) & (np.abs(leads.behaviour - scores.behaviour) <= TOLERANCE)
    is_alike &= np.array(leads.persona, np.object_) == np.array(scores.persona_names(), np.object_)
    stands: Flags = (leads.decided_version == outcome.version) & is_waiting & is_alike & ~outcome.decisions.moves
    return stands


def _were_scored_by_others(refused: set[int], version: int, now: datetime) -> bool:
    """Say whether leads were scored meanwhile by rules of before; those whose facts changed are due by themselves."""
    others = Lead.objects.current().filter(pk__in=refused).exclude(decided_version=version)
    return others.filter(Q(score_due_at__gt=now) | Q(score_due_at=None)).exists()
