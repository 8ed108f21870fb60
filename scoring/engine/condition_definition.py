"""Conditions as JSON: the valid fields and ops, and the kind of value of each op."""

import re
from collections.abc import Callable

from scoring.engine.conditions import OPS, bound_of, compare
from scoring.engine.domains import domain_of
from scoring.engine.facts import Condition
from scoring.engine.json_object import JsonObject, RuleSetError, has_unseen, is_number, listed, shown

CONDITION_KEYS = ("field", "op", "value")

LEAD_FIELDS = (
    "email", "phone", "kind", "first_name", "last_name", "title", "source", "country", "email_domain",
    "organization.name", "organization.domain", "organization.industry", "organization.employee_count",
    "organization.country",
)  # fmt: skip

FIELD_LENGTH = 100
_PROPERTY = re.compile(r"properties(\.[^.\s][^.]*)+")
_ATTRIBUTE = re.compile(r"attributes\.\S.*")


def event_condition(item: JsonObject) -> Condition:
    """Parse a condition on an event."""
    field = item.text("field", FIELD_LENGTH)
    if field != "name" and not is_property(field):
        raise RuleSetError(item.at("field"), f"must be name or properties.<name>, got {shown(field)}")
    return _condition(item, field)


def fit_condition(item: JsonObject) -> Condition:
    """Parse the condition of a fit rule, on a field of the lead."""
    field = item.text("field", FIELD_LENGTH)
    if field not in LEAD_FIELDS and not _ATTRIBUTE.fullmatch(field):
        expected = f"must be one of {listed(LEAD_FIELDS)} or attributes.<name>"
        raise RuleSetError(item.at("field"), f"{expected}, got {shown(field)}")
    return _condition(item, field)


def is_property(field: str) -> bool:
    """Return whether a field is a path into an event's properties."""
    return _PROPERTY.fullmatch(field) is not None


def _condition(item: JsonObject, field: str) -> Condition:
    op = item.required("op")
    if not isinstance(op, str) or op not in OPS:
        raise RuleSetError(item.at("op"), f"must be one of {listed(OPS)}, got {shown(op)}")
    value = item.required("value")
    is_right, expected = _VALUES[op]
    if not is_right(value):
        raise RuleSetError(item.at("value"), f"must be {expected} for {op}, got {shown(value)}")
    return Condition(field, op, value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not has_unseen(value)


def _is_single(value: object) -> bool:
    return _is_text(value) or isinstance(value, bool) or is_number(value)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_single(item) for item in value)


def _is_ordered(value: object) -> bool:
    return (is_number(value) or isinstance(value, str)) and bound_of(value) is not None


def _is_range(value: object) -> bool:
    if isinstance(value, list) and len(value) == 2 and all(map(_is_ordered, value)):
        return compare(value[0], bound_of(value[1])) in (-1, 0)
    return False


def _is_domain(value: object) -> bool:
    return isinstance(value, str) and bool(domain_of(value))


def _is_domain_or_list(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_domain(item) for item in value)
    return _is_domain(value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_ValueKind = tuple[Callable[[object], bool], str]
_SINGLE: _ValueKind = (_is_single, "a text, a number, true or false")
_TEXT: _ValueKind = (_is_text, "a text")
_ORDERED: _ValueKind = (_is_ordered, 'a number or a date such as "2026-01-31"')
_FLAG: _ValueKind = (_is_flag, "true or false")
_VALUES: dict[str, _ValueKind] = {
    "is": _SINGLE,
    "is_not": _SINGLE,
    "contains": _TEXT,
    "starts_with": _TEXT,
    "in": (_is_list, "a list of texts or numbers, not empty"),
    "between": (_is_range, "[low, high], both numbers or both dates, low first"),
    "gt": _ORDERED,
    "gte": _ORDERED,
    "lt": _ORDERED,
    "lte": _ORDERED,
    "matches_domain": (_is_domain_or_list, 'a domain such as "example.com", or a list of domains'),
    "exists": _FLAG,
    "business_email": _FLAG,
    "free_email": _FLAG,
}
