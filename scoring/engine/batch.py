"""Many leads as arrays: the input of scoring, for one lead or a million.

A lead may be in several rows, each at another time. So a score history, a backtest and a rescore use the same code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.engine.facts import SIGNALS, EventFact, LeadFacts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Objects = NDArray[Any]
Answers = TypeVar("Answers", Flags, Ints)


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """The events of n leads as arrays of length m, sorted by lead, time and kind.

    row: of the lead, 0..n-1. at: POSIX seconds. kind: position in `kinds`. signal: position in SIGNALS. properties,
    names: of the events whose rules need them, None for others. original: if these are copies, the events they were
    copied from, and the position of each in those.
    """

    row: Ints
    at: Floats
    kind: Ints
    kinds: tuple[str, ...]
    signal: Ints
    voluntary: Flags
    hand_raise: Flags
    properties: Objects
    names: Objects
    original: "tuple[Events, Ints] | None" = None

    def take(self, chosen: Ints, rows: Ints) -> "Events":
        """Return the chosen events, assigned to other rows."""
        return Events(
            rows,
            self.at[chosen],
            self.kind[chosen],
            self.kinds,
            self.signal[chosen],
            self.voluntary[chosen],
            self.hand_raise[chosen],
            self.properties[chosen],
            self.names[chosen],
        )

    def among(self, kinds: frozenset[str]) -> Flags:
        """Return for each event whether its kind is one of these."""
        flags: Flags = np.array([kind in kinds for kind in self.kinds], np.bool_)[self.kind]
        return flags

    def ask_once(self, ask: "Callable[[Events, Ints], Answers]", chosen: Ints) -> Answers:
        """Return what `ask` says of the chosen events, asking once of those that stand here many times as copies."""
        if self.original is None:
            return ask(self, chosen)
        events, positions = self.original
        asked = positions[chosen]
        different = np.flatnonzero(np.bincount(asked))
        answers: Answers = ask(events, different)[np.searchsorted(different, asked)]
        return answers


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """n leads, each at a time.

    as_of: POSIX seconds, shape (n,). recycled_at: the same, -inf for leads never recycled. attributes: field -> its
    value for each lead, None if unknown. original: if the leads are copies at other times, the batch they were copied
    from, and the position of each in that.
    """

    as_of: Floats
    recycled_at: Floats
    attributes: Mapping[str, Sequence[object]]
    events: Events
    original: "tuple[Batch, Ints] | None" = None

    def __len__(self) -> int:
        return len(self.as_of)

    @property
    def begins(self) -> Floats:
        """The times after which events count: of the latest recycle, if it is not later than as_of."""
        begins: Floats = np.where(self.recycled_at > self.as_of, -np.inf, self.recycled_at)
        return begins

    def at_moments(self, rows: Ints, as_of: Floats) -> "Batch":
        """Return a batch of these rows, each at a time of its own; a lead may occur several times.

        It contains only the events up to those times.
        """
        first = np.searchsorted(self.events.row, rows)
        counts = np.searchsorted(self.events.row, rows, side="right") - first
        chosen, row = ranges(first, counts), np.repeat(np.arange(len(rows)), counts)
        exists = self.events.at[chosen] <= as_of[row]
        chosen, row = chosen[exists], row[exists]
        return Batch(
            as_of,
            self.recycled_at[rows],
            {field: [*map(values.__getitem__, rows.tolist())] for field, values in self.attributes.items()},
            replace(self.events.take(chosen, row), original=(self.events, chosen)),
            (self, rows),
        )


def latest_recycles(recycles: Sequence[Sequence[float]], rows: Ints, as_of: Floats) -> Floats:
    """Return the latest recycle of each row at its time, -inf if there was none yet.

    recycles: of each lead, the times of all its recycles, POSIX seconds.
    """
    most = max(map(len, recycles), default=0)
    if not most:
        return np.full(len(rows), -np.inf)
    times = np.array([[*found, *[-np.inf] * (most - len(found))] for found in recycles])[rows]
    latest: Floats = np.where(times <= as_of[:, None], times, -np.inf).max(axis=1)
    return latest


def ranges(first: Ints, counts: Ints) -> Ints:
    """Return first[0], first[0] + 1, ... (counts[0] of them), then the same for first[1], and so on."""
    ends = np.cumsum(counts)
    numbers: Ints = np.arange(counts.sum()) + np.repeat(first - (ends - counts), counts)
    return numbers


def batch_of(leads: Sequence[LeadFacts], as_of: float | Sequence[float], fields: Sequence[str]) -> Batch:
    """Make a batch of plain facts, at one time or each at its own. fields: the attributes that rules use."""
    found = [(row, event) for row, facts in enumerate(leads) for event in sorted(facts.events, key=_in_order)]
    kinds = tuple(sorted({event.kind for _, event in found}))
    position = {kind: number for number, kind in enumerate(kinds)}
    events = Events(
        np.array([row for row, _ in found], np.int64),
        np.array([event.at for _, event in found], np.float64),
        np.array([position[event.kind] for _, event in found], np.int64),
        kinds,
        np.array([SIGNALS.index(event.signal) for _, event in found], np.int64),
        np.array([event.voluntary for _, event in found], np.bool_),
        np.array([event.hand_raise for _, event in found], np.bool_),
        object_array([event.properties for _, event in found]),
        object_array([event.name for _, event in found]),
    )
    return Batch(
        np.broadcast_to(np.array(as_of, np.float64), len(leads)),
        np.array([-np.inf if facts.recycled_at is None else facts.recycled_at for facts in leads]),
        {field: [facts.attributes.get(field) for facts in leads] for field in fields},
        events,
    )


def _in_order(event: EventFact) -> tuple[float, str]:
    return event.at, event.kind


def object_array(values: Sequence[object]) -> Objects:
    """Return values as an array of objects; numpy itself would unpack lists and mappings."""
    array: Objects = np.fromiter(values, np.object_, len(values))
    return array
