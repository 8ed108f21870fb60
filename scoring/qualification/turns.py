"""Coalesce scoring: due leads are processed in four parts, each with at most one task queued or running.

A turn is a flag in the cache. It only saves work: without it, two tasks would score the same leads, and the second
would find nothing left to write. If its holder dies, the turn expires and the sweep starts another task.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.core.cache import cache

PARTS = 4
# The turns of a full rescore: the maximum number of tasks that work on it in parallel.
WALKERS = tuple(f"walker-{number}" for number in range(8))
# Seconds; longer than any batch takes, but short enough to replace a killed worker soon.
TURN_LASTS = 10


Part = TypeVar("Part", int, str)


def part_of(lead_id: int) -> int:
    """Return the part of a lead."""
    return lead_id % PARTS


def parts_of(lead_ids: Iterable[int]) -> list[int]:
    """Return the parts of these leads, in order."""
    return sorted({part_of(lead_id) for lead_id in lead_ids})


def take_turn(part: int | str) -> bool:
    """Take a part's turn; False if a task that will see all leads due by now already holds it."""
    return cache.add(_key(part), 1, TURN_LASTS)


def keep_turn(part: int | str) -> None:
    """Extend the turn."""
    cache.set(_key(part), 1, TURN_LASTS)


def take_turns(parts: Iterable[Part]) -> list[Part]:
    """Take all free turns and return their parts."""
    parts = list(parts)
    if len(parts) > 1:
        # Under load all turns are taken: one query is faster than failing for each.
        held = cache.get_many(_key(part) for part in parts)
        parts = [part for part in parts if _key(part) not in held]
    return [part for part in parts if take_turn(part)]


def end_turn(part: int | str) -> None:
    """Release the turn. Check for due leads afterwards: one may have come in just before."""
    cache.delete(_key(part))


def _key(part: int | str) -> str:
    return f"scoring-turn-{part}"
