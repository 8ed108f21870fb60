"""The explanation of a score: entries that sum to it."""

from typing import NamedTuple

FIT = "fit"
BEHAVIOUR = "behaviour"
ADJUSTMENT = "adjustment"


class Entry(NamedTuple):
    """One entry of the explanation.

    kind: "behaviour", "fit" or "adjustment". points_given: without decay, after the rule's cap; points_now: at the time
    of scoring. count: counted events (1 for a fit rule, 0 for an adjustment); last_at: the latest of them.
    """

    rule: str
    kind: str
    points_given: float
    points_now: float
    count: int  # type: ignore[assignment]  # the field's word; nobody counts in an entry
    last_at: float | None


class PersonaMatch(NamedTuple):
    """The best matching persona. match: 0..1; met, unknown: names of criteria; unknown ones are questions to ask."""

    name: str
    match: float
    met: tuple[str, ...]
    unknown: tuple[str, ...]


class JourneyProgress(NamedTuple):
    """A lead's progress on a journey. progress: steps done; reached_at: when, POSIX seconds."""

    name: str
    steps: int
    progress: int
    complete: bool
    reached_at: tuple[float, ...]


def adjustments(part: str, total: float, limit: float) -> list[Entry]:
    """Return the entry that brings a part's sum back into 0..limit; none if it is inside.

    part: "behaviour" or "fit"; total: the sum of its other entries.
    """
    if total > limit:
        return [_adjustment(f"{part}_limit", limit - total)]
    if total < 0:
        return [_adjustment(f"{part}_floor", -total)]
    return []


def _adjustment(rule: str, points: float) -> Entry:
    return Entry(rule, ADJUSTMENT, points, points, 0, None)
