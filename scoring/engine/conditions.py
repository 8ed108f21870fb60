"""Conditions on one value: what each op means.

Text compares without regard to case and surrounding space; numbers as numbers where both sides are, also when one
came in as text ("250"); times as moments, and with a bound that is a day, day by day in UTC. A condition on an unknown
value (missing, empty) is not met, whatever its op, except `exists`. Where a value is a list, one item that passes is
enough (and `is_not` asks that none is). An object is a value, and equals, contains and exceeds nothing.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np

from scoring.engine.batch import Events, Flags, Ints
from scoring.engine.domains import domain_of, is_free_domain, is_within_domain, mailbox_domain_of
from scoring.engine.facts import Condition

ValueTest = Callable[[object], bool]
ManyTest = Callable[[Sequence[object]], Flags]
EventTest = Callable[[Events, Ints], Flags]

# Number of cached results per test: paths, titles and countries repeat a lot.
REMEMBERED = 20_000
_REMEMBERED_TYPES = {str, int, type(None)}

_NUMBER = re.compile(r"\s*-?[0-9]{1,300}(\.[0-9]+)?\s*")
_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NESTED = (list, dict)

# The kinds of bound: a number, a moment, or a whole day.
Bound = float | datetime | date


def compile_value_test(op: str, value: object) -> ValueTest:
    """Return the test of `op` and `value` for one value of a lead or an event."""
    if op == "exists":
        return lambda actual: is_known(actual) is value
    passes = _OPS[op](value)
    wanted = op != "is_not"

    def test(actual: object) -> bool:
        if not is_known(actual):
            return False
        if isinstance(actual, list):
            return any(is_known(item) and passes_one(item) for item in actual) is wanted
        return passes_one(actual) is wanted

    def passes_one(item: object) -> bool:
        return not isinstance(item, _NESTED) and passes(item)

    return test


def compile_many_test(op: str, value: object) -> ManyTest:
    """Return the same test for many values at once, with one result per value."""
    test = compile_value_test(op, value)
    known = _Remembered(test)

    def test_all(values: Sequence[object]) -> Flags:
        said = map(known.__getitem__ if {*map(type, values)} <= _REMEMBERED_TYPES else test, values)
        flags: Flags = np.fromiter(said, np.bool_, len(values))
        return flags

    return test_all


class _Remembered(dict[object, bool]):
    """What a test said of texts, whole numbers and nothing; only of those, as 1 and true are one key."""

    def __init__(self, test: ValueTest) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, text: object) -> bool:
        if len(self) >= REMEMBERED:
            self.clear()
        answer = self[text] = self._test(text)
        return answer


def compile_event_test(condition: Condition) -> EventTest:
    """Return the test of the chosen events: of their raw `name`, or of a dotted path into their properties."""
    test = compile_many_test(condition.op, condition.value)
    if condition.field == "name":
        return lambda events, chosen: test(events.names[chosen].tolist())
    read = property_reader(condition.field)
    return lambda events, chosen: test([read(properties) for properties in events.properties[chosen].tolist()])


def property_reader(field: str) -> Callable[[Mapping[str, object]], object]:
    """Return the reader of a field such as "properties.path" or "properties.plan.name"; it returns None if missing."""
    keys = field.split(".")[1:]
    if len(keys) == 1:
        key = keys[0]
        return lambda properties: properties.get(key)
    return lambda properties: _value_at(properties, keys)


def is_known(value: object) -> bool:
    """Return whether there is a value: not missing, empty or blank, and not a list of only such."""
    return any(map(_is_filled, value)) if isinstance(value, list) else _is_filled(value)


def _is_filled(value: object) -> bool:
    if isinstance(value, str):
        return bool(value) and not value.isspace()
    return bool(value) if isinstance(value, _NESTED) else value is not None


def number_of(value: object) -> float | None:
    """Return a number, also if given as text; None if it is not one (true and false are not)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return None


def text_of(value: object) -> str:
    """Return the text used in comparisons: case-folded, stripped, 7.0 as "7", true as "true".

    Lists and objects are their JSON with sorted keys, because databases may change the order of keys.
    """
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, _NESTED):
        return json.dumps(value, ensure_ascii=False, sort_keys=True).casefold()
    return str(value).strip().casefold()


def bound_of(value: object) -> Bound | None:
    """Return the parsed value of `gt`, `between` and the like; None if it is neither number nor date."""
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        moment = _moment_of(value)
        return moment.date() if moment else None
    return _order_key(value)


def compare(actual: object, bound: Bound | None) -> int | None:
    """Return -1, 0 or 1; None if the two can't be compared. Every moment of a day equals a bound that is that day."""
    key = _order_key(actual)
    if isinstance(key, datetime):
        if isinstance(bound, datetime):
            return (key > bound) - (key < bound)
        return (key.date() > bound) - (key.date() < bound) if isinstance(bound, date) else None
    if key is None or bound is None or isinstance(bound, date) or key != key:
        return None
    return (key > bound) - (key < bound)


def _order_key(value: object) -> float | datetime | None:
    number = number_of(value)
    return number if number is not None else _moment_of(value)


def _moment_of(value: object) -> datetime | None:
    """Return the moment of an ISO text, in UTC if it has no zone; a date is its first moment."""
    if not isinstance(value, str) or not _DATE.match(value):
        return None
    try:
        moment = datetime.fromisoformat(value.strip().upper())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _value_at(properties: Mapping[str, object], keys: list[str]) -> object:
    value: object = properties
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _is(expected: object) -> ValueTest:
    text = text_of(expected)
    number = number_of(expected)
    if number is None:
        return lambda actual: text_of(actual) == text
    if isinstance(expected, str):
        # Two texts are compared as texts ("007" is not "7"), a text and a number as numbers.
        return lambda actual: text_of(actual) == text if isinstance(actual, str) else number_of(actual) == number
    return lambda actual: number_of(actual) == number


def _is_in(expected: object) -> ValueTest:
    tests = [_is(item) for item in _items(expected)]
    return lambda actual: any(test(actual) for test in tests)


def _contains(expected: object) -> ValueTest:
    part = text_of(expected)
    return lambda actual: part in text_of(actual)


def _starts_with(expected: object) -> ValueTest:
    beginning = text_of(expected)
    return lambda actual: text_of(actual).startswith(beginning)


def _between(expected: object) -> ValueTest:
    low, high = _items(expected)
    not_below, not_above = _gte(low), _lte(high)
    return lambda actual: not_below(actual) and not_above(actual)


def _gt(expected: object) -> ValueTest:
    return _ordered(expected, lambda sign: sign > 0)


def _gte(expected: object) -> ValueTest:
    return _ordered(expected, lambda sign: sign >= 0)


def _lt(expected: object) -> ValueTest:
    return _ordered(expected, lambda sign: sign < 0)


def _lte(expected: object) -> ValueTest:
    return _ordered(expected, lambda sign: sign <= 0)


def _ordered(expected: object, accepts: Callable[[int], bool]) -> ValueTest:
    bound = bound_of(expected)

    def passes(actual: object) -> bool:
        sign = compare(actual, bound)
        return sign is not None and accepts(sign)

    return passes


def _matches_domain(expected: object) -> ValueTest:
    parents = [domain_of(str(item)) for item in _items(expected)]

    def passes(actual: object) -> bool:
        domain = domain_of(str(actual))
        return any(is_within_domain(domain, parent) for parent in parents)

    return passes


def _business_email(expected: object) -> ValueTest:
    return _free_email(not expected)


def _free_email(expected: object) -> ValueTest:
    def passes(actual: object) -> bool:
        domain = mailbox_domain_of(actual)
        return bool(domain) and is_free_domain(domain) is expected

    return passes


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [value]


_OPS: dict[str, Callable[[object], ValueTest]] = {
    "is": _is,
    "is_not": _is,
    "contains": _contains,
    "starts_with": _starts_with,
    "in": _is_in,
    "between": _between,
    "gt": _gt,
    "gte": _gte,
    "lt": _lt,
    "lte": _lte,
    "matches_domain": _matches_domain,
    "business_email": _business_email,
    "free_email": _free_email,
}
OPS = (*_OPS, "exists")
