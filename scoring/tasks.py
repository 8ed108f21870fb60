"""Celery's entry points to scoring, and how the work gets there."""

from collections.abc import Sequence
from time import monotonic, sleep

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from leads.broker import broker
from scoring.qualification.drain import drain_part, due_parts, score_now
from scoring.qualification.turns import WALKERS, end_turn, keep_turn, parts_of, take_turns
from scoring.qualification.walk import drain_all, rescore_next
from scoring.rules.full_rescore import is_rescoring

# One batch of so many leads means that events pour in. A rest takes so many times as long as the batch did.
MANY = 8
REST = 1
LONGEST_REST = 0.25  # seconds
# Seconds that a task of a full rescore works before it lets others come in between.
STRETCH = 0.5
# Without a broker a request scores what it touched itself, unless that would make its client wait.
SCORED_IN_THE_REQUEST = 10


@shared_task
def score_due(part: int) -> None:
    """Score one part's leads until none is due.

    While events pour in for many leads, half of the time is left to them: scored less often, each lead gathers some
    that are then scored together.
    """
    began = monotonic()
    batches: list[int] = []
    drain_part(part, clock=timezone.now, report=batches.append)
    if len(batches) == 1 and batches[0] >= MANY:
        sleep(min(REST * (monotonic() - began), LONGEST_REST))


@shared_task
def sweep() -> None:
    """Work off whatever is due: what decayed, what a lost task, a dead worker or a flushed broker left behind."""
    if settings.REDIS_URL:
        enqueue_parts(due_parts(now=timezone.now()))
        rescore_soon()
    else:
        drain_all(clock=timezone.now)


@shared_task
def take_part_in_rescore(walker: str) -> None:
    """Take part in a full rescore for a while, then queue up again: what other tasks wait for comes in between."""
    until = monotonic() + STRETCH
    while rescore_next(clock=timezone.now) is not None:
        keep_turn(walker)
        if monotonic() >= until:
            take_part_in_rescore.delay(walker=walker)
            return
    end_turn(walker)


def rescore_soon() -> None:
    """See that workers take part in a full rescore, where there is one."""
    if settings.REDIS_URL and is_rescoring():
        for walker in take_turns(WALKERS):
            take_part_in_rescore.delay(walker=walker)


def score_soon(lead_ids: Sequence[int]) -> None:
    """See that these leads, marked due and committed, are scored at once."""
    if settings.REDIS_URL:
        broker.reach(lambda: enqueue_parts(parts_of(lead_ids)))
    elif len(lead_ids) <= SCORED_IN_THE_REQUEST:
        score_now(lead_ids, clock=timezone.now)


def enqueue_parts(parts: Sequence[int]) -> None:
    """Enqueue a task for each part that has none."""
    waiting = take_turns(parts)
    try:
        while waiting:
            score_due.delay(part=waiting[-1])
            waiting.pop()
    except Exception:
        for part in waiting:
            end_turn(part)
        raise
