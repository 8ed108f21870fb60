"""Points for behaviour: which events each rule counts, and what they are worth.

A pair is an event and a rule that may count it; a cell is a lead and a rule, numbered row * rules + rule.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Batch, Events, Flags, Floats, Ints, ranges
from scoring.engine.conditions import EventTest, compile_event_test, is_known, property_reader, text_of
from scoring.engine.decay import half_life_seconds
from scoring.engine.facts import DAY, BehaviourRule, Limit

_NO_CAP = np.inf

PeriodOf = Callable[[Events, Ints], Ints]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules:
    """Behaviour rules compiled for batches. half_life: seconds, inf for no decay; cap: points, inf for none.

    by_kind: event kind -> the positions of its rules. tests and limits: of the rules that have any, by position.
    """

    names: tuple[str, ...]
    points: Floats
    half_life: Floats
    cap: Floats
    by_kind: Mapping[str, Ints]
    tests: Mapping[int, tuple[EventTest, ...]]
    limits: Mapping[int, tuple[int, PeriodOf]]


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """The result of each rule for each lead; every array has the shape (n_leads, n_rules).

    number: counted events. last_at: the latest of them, POSIX seconds, 0 if there is none. worth: their points as of
    last_at, before the cap, which do not change as time passes. total: as of the lead's time, before the cap. given,
    now: points without and with decay, after the cap.
    """

    number: Ints
    last_at: Floats
    worth: Floats
    total: Floats
    given: Floats
    now: Floats


def compile_rules(rules: Sequence[BehaviourRule]) -> CompiledRules:
    """Compile behaviour rules for batches."""
    by_kind: dict[str, list[int]] = {}
    for position, rule in enumerate(rules):
        by_kind.setdefault(rule.kind, []).append(position)
    return CompiledRules(
        names=tuple(rule.name for rule in rules),
        points=np.array([rule.points for rule in rules], np.float64),
        half_life=np.array([half_life_seconds(rule.half_life_days) for rule in rules], np.float64),
        cap=np.array([_NO_CAP if rule.cap is None else rule.cap for rule in rules], np.float64),
        by_kind={kind: np.array(positions, np.int64) for kind, positions in by_kind.items()},
        tests={i: tuple(map(compile_event_test, rule.conditions)) for i, rule in enumerate(rules) if rule.conditions},
        limits={i: (rule.limit.count, _period_of(rule.limit)) for i, rule in enumerate(rules) if rule.limit},
    )


def behaviour_of(rules: CompiledRules, batch: Batch, counts: Flags) -> Behaviour:
    """Return each rule's result for each lead. counts: for each event, whether it counts at all."""
    n_rules = len(rules.names)
    event, rule = _pairs(rules, batch.events, np.flatnonzero(counts))
    event, rule = _meeting_conditions(rules, batch.events, event, rule)
    event, rule = _within_limits(rules, batch.events, event, rule)
    at = batch.events.at[event]
    cell = batch.events.row[event] * n_rules + rule
    shape, cells = (len(batch), n_rules), len(batch) * n_rules
    latest = np.zeros(cells)
    latest[cell] = at  # in time order within a cell, so the last assignment wins
    left = np.exp2((at - latest[cell]) / rules.half_life[rule])
    worth = np.bincount(cell, rules.points[rule] * left, cells).reshape(shape).astype(np.float64)
    number = np.bincount(cell, minlength=cells).reshape(shape).astype(np.int64)
    last_at = latest.reshape(shape)
    age = np.where(number > 0, batch.as_of[:, None] - last_at, 0.0)
    total = worth * np.exp2(-age / rules.half_life)
    return Behaviour(
        number,
        last_at,
        worth,
        total,
        given=np.clip(rules.points * number, -rules.cap, rules.cap),
        now=np.clip(total, -rules.cap, rules.cap),
    )


def _pairs(rules: CompiledRules, events: Events, chosen: Ints) -> tuple[Ints, Ints]:
    """Pair each chosen event with every rule for its kind."""
    none = np.empty(0, np.int64)
    of_kind = [rules.by_kind.get(kind, none) for kind in events.kinds]
    if not of_kind:
        return none, none
    sizes = np.array([len(positions) for positions in of_kind], np.int64)
    first = np.cumsum(sizes) - sizes
    kind = events.kind[chosen]
    return np.repeat(chosen, sizes[kind]), np.concatenate(of_kind)[ranges(first[kind], sizes[kind])]


def _meeting_conditions(rules: CompiledRules, events: Events, event: Ints, rule: Ints) -> tuple[Ints, Ints]:
    meets = np.ones(len(rule), np.bool_)
    for position, tests in rules.tests.items():
        own = np.flatnonzero(rule == position)
        for test in tests:
            own = own[meets[own]]
            if len(own):
                meets[own] = events.ask_once(test, event[own])
    return event[meets], rule[meets]


def _within_limits(rules: CompiledRules, events: Events, event: Ints, rule: Ints) -> tuple[Ints, Ints]:
    """Return the latest pairs of each period. Events at the same time are worth the same, so any of them may count."""
    keeps = np.ones(len(rule), np.bool_)
    for position, (most, period_of) in rules.limits.items():
        own = np.flatnonzero(rule == position)
        if len(own) > 1:
            keeps[own] = _is_among_latest(events, event[own], period_of, most)
    return event[keeps], rule[keeps]


def _is_among_latest(events: Events, chosen: Ints, period_of: PeriodOf, most: int) -> Flags:
    """Return for each event, in order of lead and time, whether it is among the latest of its lead and period."""
    row, period = events.row[chosen], events.ask_once(period_of, chosen)
    grouped = np.lexsort((period, row))  # stable, so that groups stay in time order
    row, period = row[grouped], period[grouped]
    ends = np.flatnonzero((row[1:] != row[:-1]) | (period[1:] != period[:-1]))
    last_of_group = np.append(ends, len(row) - 1)
    sizes = np.diff(last_of_group, prepend=-1)
    later = np.repeat(last_of_group, sizes) - np.arange(len(row))
    is_kept = np.empty(len(row), np.bool_)
    is_kept[grouped] = later < most
    return is_kept


def _period_of(limit: Limit) -> PeriodOf:
    return _value_period(limit.value_of) if limit.value_of is not None else _PERIODS[limit.per]


def _value_period(field: str) -> PeriodOf:
    """Return periods by the value of a property; events without it share one period."""
    read = property_reader(field)

    def period_of(events: Events, chosen: Ints) -> Ints:
        numbers: dict[str | None, int] = {}
        values = (read(properties) for properties in events.properties[chosen].tolist())
        periods = (numbers.setdefault(text_of(value) if is_known(value) else None, len(numbers)) for value in values)
        return np.fromiter(periods, np.int64, len(chosen))

    return period_of


def _day(events: Events, chosen: Ints) -> Ints:
    days: Ints = np.floor_divide(events.at[chosen], DAY).astype(np.int64)
    return days


def _week(events: Events, chosen: Ints) -> Ints:
    """Number ISO weeks: they begin on Monday, and 1970-01-01 was a Thursday."""
    return (_day(events, chosen) + 3) // 7


def _month(events: Events, chosen: Ints) -> Ints:
    return _day(events, chosen).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _ever(events: Events, chosen: Ints) -> Ints:
    return np.zeros(len(chosen), np.int64)


_PERIODS: dict[str, PeriodOf] = {"day": _day, "week": _week, "month": _month, "ever": _ever}
PERIODS = tuple(_PERIODS)
