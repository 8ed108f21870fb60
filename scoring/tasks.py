"""Celery's entry points to scoring, and how the work gets there."""

from collections.abc import Sequence
from time import monotonic, sleep

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from leads.broker import broker
from scoring.qualification.drain import drain_all, drain_part, due_parts, score_now
from scoring.qualification.turns import MARKING, end_turn, parts_of, take_turn, take_turns
from scoring.rules.publish import continue_marking

# One batch of so many leads means that events pour in. A rest takes so many times as long as the batch did.
MANY = 8
REST = 1
LONGEST_REST = 0.25  # seconds
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
    if take_turn(MARKING):
        continue_marking(now=timezone.now())
        end_turn(MARKING)
    if settings.REDIS_URL:
        enqueue_parts(due_parts(now=timezone.now()))
    else:
        drain_all(clock=timezone.now)


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
