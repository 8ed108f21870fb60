"""What rules say, in words that a marketer reads: fields, comparisons, conditions, criteria and steps."""

from collections.abc import Mapping, Sequence
from typing import Any

from leads.events.catalog import label_of

FIELD_WORDS: Mapping[str, str] = {
    "email": "e-mail",
    "phone": "phone",
    "kind": "person or organization",
    "first_name": "first name",
    "last_name": "last name",
    "title": "job title",
    "source": "source",
    "country": "country",
    "email_domain": "e-mail domain",
    "organization.name": "company name",
    "organization.domain": "company domain",
    "organization.industry": "industry",
    "organization.employee_count": "staff",
    "organization.country": "company country",
}
OP_WORDS: Mapping[str, str] = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "starts_with": "starts with",
    "in": "is one of",
    "between": "is between",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "exists": "is known",
    "matches_domain": "is at the domain",
    "business_email": "is a business address",
    "free_email": "is a free address",
}
# Of these the value says only whether it is so.
FLAG_WORDS: Mapping[str, tuple[str, str]] = {
    "exists": ("is known", "is not known"),
    "business_email": ("is a business address", "is not a business address"),
    "free_email": ("is a free address, such as Gmail", "is not a free address, such as Gmail"),
}


def field_words(field: str) -> str:
    """Name a field: "job title" for title, "path" for properties.path."""
    inner = field.removeprefix("properties.").removeprefix("attributes.")
    return FIELD_WORDS.get(field) or inner.replace("_", " ")


def condition_words(condition: Mapping[str, Any]) -> str:
    """Say a condition: "path starts with /pricing", "staff is between 50 and 250"."""
    field, op, value = field_words(condition["field"]), condition["op"], condition["value"]
    if op in FLAG_WORDS:
        return f"{field} {FLAG_WORDS[op][0 if value else 1]}"
    return f"{field} {OP_WORDS[op]} {_value_words(op, value)}"


def conditions_words(conditions: Sequence[Mapping[str, Any]]) -> str:
    """Say conditions that must all hold."""
    return " and ".join(map(condition_words, conditions))


def criterion_words(criterion: Mapping[str, Any]) -> str:
    """Say a persona's criterion: "Role: job title contains office, +3"."""
    return f"{criterion['name']}: {condition_words(criterion)}, {criterion['points']:+g}"


def step_words(step: Mapping[str, Any]) -> str:
    """Say a journey's step: "Pricing: viewed a page, path starts with /pricing"."""
    kind = label_of(step["kind"])
    where = conditions_words(step["conditions"])
    return f"{step['name']}: {kind}{f', {where}' if where else ''}"


def _value_words(op: str, value: object) -> str:
    if not isinstance(value, list):
        return _single(value)
    *first, last = map(_single, value)
    joint = " and " if op == "between" else " or "
    return f"{', '.join(first)}{joint}{last}" if first else last


def _single(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
