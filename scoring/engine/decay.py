"""Decay: what is left of points after some time."""

import math
from typing import NamedTuple

from scoring.engine.facts import DAY

NEVER_FADES = math.inf


class Term(NamedTuple):
    """What one rule gives, before its cap; all its events fade alike, so the sum fades like one event.

    points: the sum as of the scoring. half_life: seconds, inf where points never fade. cap: inf where there is none.
    """

    points: float
    half_life: float
    cap: float


def half_life_seconds(days: float | None) -> float:
    """Return a rule's half-life in seconds; NEVER_FADES where it has none."""
    return NEVER_FADES if days is None else days * DAY


def decayed_sum(points: float, ages: list[float], half_life: float) -> float:
    """Return the sum of points * 2 ** (-age / half_life), the same whatever the order of `ages` (seconds)."""
    if half_life == NEVER_FADES:
        return points * len(ages)
    return points * math.fsum([2.0 ** (-age / half_life) for age in ages])


def clip(value: float, low: float, high: float) -> float:
    """Return `value`, but not less than `low` and not more than `high`."""
    if value > high:
        return high
    return value if value > low else low
