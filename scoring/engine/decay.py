"""Decay: points * 2 ** (-age / half-life)."""

import math

from scoring.engine.facts import DAY

NEVER_FADES = math.inf


def half_life_seconds(days: float | None) -> float:
    """Return a rule's half-life in seconds; NEVER_FADES if it has none."""
    return NEVER_FADES if days is None else days * DAY
