"""Progress on journeys: steps in order, each by a different event, within a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from scoring.engine.batch import Batch, Events, Flags, Floats, Ints
from scoring.engine.conditions import EventTest, compile_event_test
from scoring.engine.facts import DAY, Journey


@dataclass(frozen=True, slots=True, eq=False)
class CompiledJourney:
    """A journey compiled for batches. window: seconds. steps: kind and tests of each."""

    name: str
    window: float
    steps: tuple[tuple[str, tuple[EventTest, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """The progress of each lead on one journey; arrays of shape (n_leads,).

    steps: done. complete: stays true once completed. ends_at: when the progress leaves the window, POSIX seconds; inf
    if there is none or the journey is complete. reached: for each lead the times of the steps done.
    """

    steps: Ints
    complete: Flags
    ends_at: Floats
    reached: dict[int, tuple[float, ...]]


def compile_journeys(journeys: Sequence[Journey]) -> tuple[CompiledJourney, ...]:
    """Compile journeys for batches."""
    return tuple(
        CompiledJourney(
            journey.name,
            journey.window_days * DAY,
            tuple((step.kind, tuple(map(compile_event_test, step.conditions))) for step in journey.steps),
        )
        for journey in journeys
    )


def progress_on(journey: CompiledJourney, batch: Batch, counts: Flags) -> Progress:
    """Return the progress of each lead on a journey. counts: for each event, whether it counts at all."""
    fits = _fits(journey, batch.events, np.flatnonzero(counts))
    n = len(batch)
    found = Progress(np.zeros(n, np.int64), np.zeros(n, np.bool_), np.full(n, np.inf), {})
    by_row = groupby(sorted(fits.items()), key=lambda item: int(batch.events.row[item[0]]))
    for row, items in by_row:
        moments = [(float(batch.events.at[event]), steps) for event, steps in items]
        times = _furthest(moments, len(journey.steps), journey.window, float(batch.as_of[row]))
        if times:
            found.steps[row] = len(times)
            found.complete[row] = len(times) == len(journey.steps)
            found.reached[row] = times
            if len(times) < len(journey.steps):
                found.ends_at[row] = times[0] + journey.window
    return found


def _fits(journey: CompiledJourney, events: Events, chosen: Ints) -> dict[int, frozenset[int]]:
    """Return, for each event that fits a step, the positions of the steps that it fits."""
    fits: dict[int, frozenset[int]] = {}
    for position, (kind, tests) in enumerate(journey.steps):
        own = chosen[events.among(frozenset({kind}))[chosen]]
        for test in tests:
            if len(own):
                own = own[events.ask_once(test, own)]
        for event in own.tolist():
            fits[event] = fits.get(event, frozenset()) | {position}
    return fits


def _furthest(
    moments: Sequence[tuple[float, frozenset[int]]], steps: int, window: float, as_of: float
) -> tuple[float, ...]:
    """Return the times of the longest prefix of steps still inside the window; all steps once completed.

    ways[k]: of all ways to take the first k steps, the one that began last, since it stays in the window longest.
    Events are processed in order of time.
    """
    ways: list[tuple[float, ...]] = [()] * (steps + 1)
    for at, group in groupby(moments, key=itemgetter(0)):
        _take_steps(ways, [fitting for _, fitting in group], at, window)
        if ways[steps]:
            return ways[steps]
    inside = [way for way in ways if way and way[0] + window >= as_of]
    return max(inside, key=len, default=())


def _take_steps(ways: list[tuple[float, ...]], together: Sequence[frozenset[int]], at: float, window: float) -> None:
    """Extend each way by the events of one moment.

    The longest ways first, so that none is extended by steps of this same moment twice.
    """
    for done in range(len(ways) - 2, -1, -1):
        way = ways[done]
        if done and (not way or at - way[0] > window):
            continue
        for more in range(1, _steps_from(done, together, len(ways) - 1) + 1):
            ways[done + more] = _later_begun(ways[done + more], (*way, *[at] * more))


def _steps_from(done: int, together: Sequence[frozenset[int]], steps: int) -> int:
    """Return how many steps after the first `done` these events can fill, one each (bipartite matching)."""
    if len(together) == 1:
        return int(done in together[0])
    step_of: dict[int, int] = {}
    for step in range(done, steps):
        if not _find_event(step, together, step_of, set()):
            return step - done
    return steps - done


def _find_event(step: int, together: Sequence[frozenset[int]], step_of: dict[int, int], tried: set[int]) -> bool:
    """Assign an event to the step, reassigning others if needed; return whether that worked."""
    for event, fitting in enumerate(together):
        if step not in fitting or event in tried:
            continue
        tried.add(event)
        if event not in step_of or _find_event(step_of[event], together, step_of, tried):
            step_of[event] = step
            return True
    return False


def _later_begun(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    return max(one, other, key=itemgetter(0)) if one else other
