"""A full rescore in several processes of this machine."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from scoring.qualification.drain import Clock, Progress
from scoring.qualification.walk import drain_all, rescore_next
from scoring.rules.full_rescore import begin_full_rescore

# Forked processes have this one's settings and modules; whoever is left when it is killed ends with the last range.
_forked = multiprocessing.get_context("fork")


def rescore_all(*, processes: int = 1, clock: Clock, report: Progress | None = None) -> None:
    """Score every lead, then what became due meanwhile; `report` hears how many leads each batch of any process scored.

    Every lead counts as due from the beginning: those that nobody has reached when this process dies, workers score.
    """
    begin_full_rescore()
    by_others = _forked.Value("q", 0)
    tell = _adding(by_others, report)
    with _others(processes - 1, clock, by_others):
        drain_all(clock=clock, report=tell)
    tell(0)
    # What others left when they died.
    drain_all(clock=clock, report=tell)


@contextmanager
def _others(number: int, clock: Clock, scored: Any) -> Iterator[None]:
    """Have so many other processes take part meanwhile; ends when they do."""
    if number:
        # A connection can't be shared: each process opens its own.
        connections.close_all()
    others = [_forked.Process(target=_take_part, args=(clock, scored)) for _ in range(number)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.join()


def _take_part(clock: Clock, scored: Any) -> None:
    while (number := rescore_next(clock=clock)) is not None:
        with scored.get_lock():
            scored.value += number


def _adding(by_others: Any, report: Progress | None) -> Progress:
    """Return a report that tells what others scored as well."""

    def add(number: int) -> None:
        with by_others.get_lock():
            number, by_others.value = number + by_others.value, 0
        if number and report is not None:
            report(number)

    return add
