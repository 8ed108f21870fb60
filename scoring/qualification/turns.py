"""Coalesce scoring: due leads are worked off in four parts, and each part has one task queued or running at a time.

A turn is a flag in the cache. It only saves work: without it two tasks would score the same leads, and the second
would find nothing left to write. It runs out by itself when its holder dies; the sweep then starts another.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.core.cache import cache

PARTS = 4
# The turns of those who take part in a full rescore: as many as may work side by side.
WALKERS = tuple(f"walker-{number}" for number in range(8))
# Seconds; longer than any batch takes, short enough that a killed worker is not missed.
TURN_LASTS = 10


Part = TypeVar("Part", int, str)


def part_of(lead_id: int) -> int:
    """Return the part that a lead belongs to."""
    return lead_id % PARTS


def parts_of(lead_ids: Iterable[int]) -> list[int]:
    """Return the parts that these leads belong to, in order."""
    return sorted({part_of(lead_id) for lead_id in lead_ids})


def take_turn(part: int | str) -> bool:
    """Take the part's turn; False when a task that will see all that is due by now holds it already."""
    return cache.add(_key(part), 1, TURN_LASTS)


def keep_turn(part: int | str) -> None:
    """Make the turn last from now on."""
    cache.set(_key(part), 1, TURN_LASTS)


def take_turns(parts: Iterable[Part]) -> list[Part]:
    """Take the turns that nobody holds and return their parts."""
    parts = list(parts)
    if len(parts) > 1:
        # While scoring is busy all turns are held: to ask once is quicker than to be refused for each.
        held = cache.get_many(_key(part) for part in parts)
        parts = [part for part in parts if _key(part) not in held]
    return [part for part in parts if take_turn(part)]


def end_turn(part: int | str) -> None:
    """Give the turn back. Whoever ends a turn looks for due leads after that: one may have come in just before."""
    cache.delete(_key(part))


def _key(part: int | str) -> str:
    return f"scoring-turn-{part}"
