"""Conditions as text, one per line: `properties.path starts_with /pricing`.

Values of `in` and `between` are separated by commas. A text that would be read as something else (a number, true, a
list) is put in double quotes. This module only parses; the engine validates.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

LIST_OPS = frozenset({"in", "between"})
TEXT_OPS = frozenset({"contains", "starts_with", "matches_domain"})
FLAG_OPS = frozenset({"exists", "business_email", "free_email"})

_LINE = re.compile(r'\s*(?P<field>"(?:[^"\\]|\\.)*"|\S+)(?:\s+(?P<op>\S+)(?:\s+(?P<value>.*))?)?', re.DOTALL)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?")
# Text that would be taken for the end of a condition when another follows, or would hide that end.
_JOINS = re.compile(r'"|(^|\s)and(\s|$)')
_ITEM = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(,|$)')


class LineError(ValueError):
    """A line that can't be parsed as a condition."""


def parse_conditions(text: str) -> list[dict[str, Any]]:
    """Parse conditions, one per line; empty lines are ignored. Raises LineError, which names the line."""
    conditions = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        try:
            conditions.append(parse_condition(line))
        except LineError as error:
            raise LineError(f"Line {number}: {error}") from error
    return conditions


def format_conditions(conditions: Sequence[dict[str, Any]]) -> str:
    """Write conditions so that `parse_conditions` returns the same."""
    return "\n".join(format_condition(condition) for condition in conditions)


def parse_value(op: str, text: str) -> Any:
    """Parse a condition's value for its op. Raises LineError."""
    text = text.strip()
    if op in FLAG_OPS and not text:
        return True
    items = _items(text) if op in LIST_OPS or op == "matches_domain" else []
    # A single domain is a list if a comma follows it, but not if the comma is inside its quotes.
    if op in LIST_OPS or len(items) > 1 or (items and text.endswith(",")):
        return [_parse_single(op, item) for item in items]
    return _parse_single(op, text)


def format_value(op: str, value: Any, *, is_joined: bool = False) -> str:
    """Write a value so that `parse_value` returns the same; is_joined: another condition follows after `and`."""
    if not isinstance(value, list):
        return _format_single(op, value, is_joined=is_joined)
    text = ", ".join(_format_single(op, item, is_listed=True, is_joined=is_joined) for item in value)
    # The comma marks a list with a single domain.
    return f"{text}," if len(value) == 1 and op not in LIST_OPS else text


def parse_condition(line: str) -> dict[str, Any]:
    """Parse one condition. Raises LineError."""
    match = _LINE.fullmatch(line)
    if match is None or not match["op"]:
        raise LineError(f"expected a field, how it is compared, and a value, got {line.strip()!r}")
    field, op = match["field"], match["op"]
    field = unquoted(field) if field.startswith('"') else field
    return {"field": field, "op": op, "value": parse_value(op, match["value"] or "")}


def format_condition(condition: dict[str, Any], *, is_joined: bool = False) -> str:
    """Write a condition so that `parse_condition` returns the same; is_joined: another follows after `and`."""
    field, op = condition["field"], condition["op"]
    plain = field and not re.search(r"\s", field) and not field.startswith('"')
    shown = field if plain and not (is_joined and _JOINS.search(field)) else quoted(field)
    return f"{shown} {op} {format_value(op, condition['value'], is_joined=is_joined)}"


def _parse_single(op: str, text: str) -> Any:
    if text.startswith('"'):
        return unquoted(text)
    if op in TEXT_OPS:
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if any(sign in text for sign in ".e") else int(text)
    return text


def _format_single(op: str, value: Any, *, is_listed: bool = False, is_joined: bool = False) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(value)
    reads_same = value == value.strip() and "\n" not in value and _parse_single_or_none(op, value) == value
    separates = "," in value and (is_listed or op == "matches_domain")
    joins = is_joined and _JOINS.search(value)
    return value if value and value.isprintable() and reads_same and not separates and not joins else quoted(value)


def _parse_single_or_none(op: str, text: str) -> Any:
    try:
        return _parse_single(op, text)
    except LineError:
        return None


def _items(text: str) -> list[str]:
    items, position = [], 0
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None:
            raise LineError(f"expected values separated by commas, got {text!r}")
        items.append(match[1].strip())
        position = match.end()
    return items


def quoted(text: str) -> str:
    """Return a text in double quotes."""
    return json.dumps(text)


def unquoted(text: str) -> str:
    """Return the text inside double quotes. Raises LineError."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, str):
        raise LineError(f"expected one text in double quotes, got {text}")
    return value
