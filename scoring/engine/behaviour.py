"""Points for what a lead did: which events a behaviour rule counts, and what they are worth."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from scoring.engine.conditions import EventTest, compile_event_test, is_known, property_reader, text_of
from scoring.engine.decay import NEVER_FADES, Term, clip, decayed_sum, half_life_seconds
from scoring.engine.explain import BEHAVIOUR, Entry
from scoring.engine.facts import BOT_AGENT, DAY, BehaviourRule, EventFact, LeadFacts, Limit

_EPOCH = date(1970, 1, 1).toordinal()
_NO_LIMIT = float("inf")
_by_time = attrgetter("at")

KeepLatest = Callable[[list[EventFact]], list[EventFact]]


class CompiledRule(NamedTuple):
    """A behaviour rule made ready for many leads; half_life in seconds, cap inf where there is none."""

    position: int
    name: str
    points: float
    half_life: float
    cap: float
    keep_latest: KeepLatest | None
    tests: tuple[EventTest, ...]


RulesByKind = dict[str, tuple[CompiledRule, ...]]


def compile_rules(rules: Sequence[BehaviourRule]) -> RulesByKind:
    """Group rules by the kind of event they count, keeping their order."""
    by_kind: RulesByKind = {}
    for position, rule in enumerate(rules):
        by_kind[rule.kind] = (*by_kind.get(rule.kind, ()), _compile_rule(position, rule))
    return by_kind


def begins_after(facts: LeadFacts, as_of: float) -> float:
    """Return the time after which events count: the latest recycle, if it is not later than `as_of`."""
    recycled_at = facts.recycled_at
    return -_NO_LIMIT if recycled_at is None or recycled_at > as_of else recycled_at


def behaviour_lines(by_kind: RulesByKind, facts: LeadFacts, as_of: float) -> tuple[list[Entry], list[Term]]:
    """Return a line and its term for each rule that counts an event, in the order of the rules."""
    counted = _counted_events(by_kind, facts.events, begins_after(facts, as_of), as_of)
    entries, terms = [], []
    for position in sorted(counted):
        entry, term = _line(*counted[position], as_of)
        entries.append(entry)
        terms.append(term)
    return entries, terms


def _counted_events(
    by_kind: RulesByKind, events: Sequence[EventFact], after: float, as_of: float
) -> dict[int, tuple[CompiledRule, list[EventFact]]]:
    counted: dict[int, tuple[CompiledRule, list[EventFact]]] = {}
    for event in events:
        rules = by_kind.get(event.kind)
        if rules is None or not after < event.at <= as_of or event.signal == BOT_AGENT:
            continue
        for rule in rules:
            for test in rule.tests:
                if not test(event):
                    break
            else:
                if rule.position in counted:
                    counted[rule.position][1].append(event)
                else:
                    counted[rule.position] = (rule, [event])
    return counted


def _line(rule: CompiledRule, events: list[EventFact], as_of: float) -> tuple[Entry, Term]:
    if rule.keep_latest is not None and len(events) > 1:
        events = rule.keep_latest(events)
    _, name, points, half_life, cap, _, _ = rule
    count, last_at = len(events), events[0].at
    if count == 1:
        # The usual case, in which there is nothing to sum up.
        total = points if half_life == NEVER_FADES else points * 2.0 ** (-(as_of - last_at) / half_life)
    else:
        last_at = max([event.at for event in events])
        total = decayed_sum(points, [as_of - event.at for event in events], half_life)
    entry = Entry(name, BEHAVIOUR, clip(points * count, -cap, cap), clip(total, -cap, cap), count, last_at)
    return entry, Term(total, half_life, cap)


def _compile_rule(position: int, rule: BehaviourRule) -> CompiledRule:
    return CompiledRule(
        position=position,
        name=rule.name,
        points=float(rule.points),
        half_life=half_life_seconds(rule.half_life_days),
        cap=_NO_LIMIT if rule.cap is None else float(rule.cap),
        keep_latest=None if rule.limit is None else _compile_limit(rule.limit),
        tests=tuple(compile_event_test(condition) for condition in rule.conditions),
    )


def _compile_limit(limit: Limit) -> KeepLatest:
    period_of = _value_period(limit.value_of) if limit.value_of is not None else _PERIODS[limit.per]

    def keep_latest(events: list[EventFact]) -> list[EventFact]:
        # Latest first. Of two events at the same moment in the same period it makes no difference to a score which
        # one counts: they are worth the same and leave the same line.
        used: dict[object, int] = {}
        kept = []
        for event in sorted(events, key=_by_time, reverse=True):
            period = period_of(event)
            used[period] = used.get(period, 0) + 1
            if used[period] <= limit.count:
                kept.append(event)
        return kept

    return keep_latest


def _value_period(field: str) -> Callable[[EventFact], object]:
    """Each value of a property is a period of its own; events without one share a period."""
    read = property_reader(field)

    def period_of(event: EventFact) -> object:
        value = read(event.properties)
        return text_of(value) if is_known(value) else None

    return period_of


def _day(event: EventFact) -> int:
    return int(event.at // DAY)


def _week(event: EventFact) -> int:
    """Number ISO weeks: they begin on Monday, and 1970-01-01 was a Thursday."""
    return (_day(event) + 3) // 7


def _month(event: EventFact) -> tuple[int, int]:
    return _month_of(_day(event))


@lru_cache(maxsize=4096)
def _month_of(day_since_1970: int) -> tuple[int, int]:
    day = date.fromordinal(_EPOCH + day_since_1970)
    return day.year, day.month


_PERIODS: dict[str, Callable[[EventFact], object]] = {
    "day": _day,
    "week": _week,
    "month": _month,
    "ever": lambda event: None,
}
PERIODS = tuple(_PERIODS)
