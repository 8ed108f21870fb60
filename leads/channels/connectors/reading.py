"""Read vendors' JSON without trusting its shape: a field of an unexpected type counts as missing."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from leads.channels.connectors.incoming import Malformed
from leads.channels.connectors.signing import posix_seconds

DEEPEST = 30
# Of a number with more digits nobody could make a float.
MOST_DIGITS = 300
EMPTY: Mapping[str, Any] = {}


def read_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises Malformed."""
    try:
        # NaN and Infinity are not valid JSON and can't be stored; they count as missing.
        said = json.loads(body, parse_constant=lambda name: None, parse_int=_int)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body is no JSON: {str(error)[:120]}.") from None
    if not isinstance(said, dict):
        raise Malformed(f"The body must be a JSON object, got {type(said).__name__}.")
    if is_deeper(said, DEEPEST):
        raise Malformed(f"The body may be nested {DEEPEST} levels deep.")
    return said


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form, without NUL, which no database holds; of several with one name the last.

    Raises Malformed.
    """
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=500, errors="strict")
        return {name.replace("\x00", ""): value.replace("\x00", "") for name, value in pairs}
    except ValueError as error:
        raise Malformed(f"The body is no form: {str(error)[:120]}.") from None


def is_deeper(value: Any, levels: int) -> bool:
    """Return whether a value is nested deeper than this many levels."""
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    return any(is_deeper(item, levels - 1) for item in (value.values() if isinstance(value, dict) else value))


def at(said: Any, path: str) -> Any:
    """Return the value at a dotted path ("payload.object.id", "items.0.name"), None if there is none."""
    for step in path.split("."):
        if isinstance(said, Mapping):
            said = said.get(step)
        elif isinstance(said, list) and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        else:
            return None
    return said


def text(said: Any, path: str, longest: int = 300) -> str:
    """Return the text or number at a path as text without NUL characters, "" if there is none."""
    value = at(said, path)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value)).strip()[:longest]


def clean(value: str) -> str:
    """Return text without what databases can't store: NUL characters and lone surrogates."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def mapping(said: Any, path: str) -> Mapping[str, Any]:
    """Return the object at a path, an empty one if there is none."""
    value = at(said, path)
    return value if isinstance(value, Mapping) else EMPTY


def items(said: Any, path: str) -> list[Mapping[str, Any]]:
    """Return the objects of the list at a path."""
    value = at(said, path)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def need(said: Any, path: str, longest: int = 200) -> str:
    """Return the text at a path. Raises Malformed if there is none."""
    found = text(said, path, longest)
    if not found:
        raise Malformed(f"{path} is missing.")
    return found


def moment(value: Any) -> datetime | None:
    """Return a time in UTC, from ISO 8601 (UTC without a zone), POSIX seconds or milliseconds; None if invalid."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdecimal()):
        seconds = posix_seconds(value)
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def happened(value: Any, *, now: datetime) -> datetime:
    """Return when something happened: the given time, or now if there is none or it is in the future."""
    found = moment(value)
    if found is None or found.year < 1971:
        return now
    return min(found, now)
