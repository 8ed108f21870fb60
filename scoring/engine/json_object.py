"""Parse a JSON document key by key, with errors that name the place and what was expected."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeGuard

# The smallest size above 0. Sizes far outside of any real use would exceed what floats can compute with.
SMALLEST = 0.01
# Characters that are invisible, or that databases can't store.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class RuleSetError(ValueError):
    """An invalid rule set. place: where in its JSON, such as "rules[2].half_life_days"."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A JSON object and its place in the document ("" for the document itself)."""

    data: Mapping[str, object]
    place: str = ""

    @classmethod
    def read(cls, value: object, place: str, known: Collection[str]) -> "JsonObject":
        """Parse an object with known keys only; refuse anything else."""
        if not isinstance(value, Mapping):
            raise RuleSetError(place, f"must be an object, got {shown(value)}")
        found = cls(value, place)
        for key in value:
            if key not in known:
                raise RuleSetError(found.at(str(key)), f"is not known here; expected one of {listed(known)}")
        return found

    def at(self, key: str) -> str:
        """Return the place of a key."""
        return f"{self.place}.{key}" if self.place else key

    def required(self, key: str) -> object:
        """Return the value of a required key."""
        if key not in self.data:
            raise RuleSetError(self.at(key), "is missing")
        return self.data[key]

    def text(self, key: str, longest: int) -> str:
        """Return a text of 1 to `longest` characters."""
        value = self.required(key)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise RuleSetError(self.at(key), f"must be a text of 1 to {longest} characters, got {shown(value)}")
        if has_unseen(value):
            raise RuleSetError(self.at(key), f"must not hold control characters, got {shown(value)}")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        return number_at(self.at(key), self.data.get(key, default), low, high)

    def above_zero_or_null(self, key: str, unit: str, highest: float) -> float | None:
        """Return a number above 0, at most `highest`; None where it is null or left out."""
        return None if self.data.get(key) is None else self.above_zero(key, unit, highest)

    def above_zero(self, key: str, unit: str, highest: float, default: float | None = None) -> float:
        """Return a number above 0, at most `highest`; without a default it must be there."""
        value = self.required(key) if default is None else self.data.get(key, default)
        if not is_number(value) or not value > 0:
            raise RuleSetError(self.at(key), f"must be > 0 {unit}, got {shown(value)}")
        if not SMALLEST <= value <= highest:
            raise RuleSetError(self.at(key), f"must be {SMALLEST:g} to {highest:,} {unit}, got {shown(value)}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise RuleSetError(self.at(key), f"must be true or false, got {shown(value)}")
        return value

    def objects(self, key: str, known: Collection[str]) -> "list[JsonObject]":
        """Return a list of objects; a missing one is empty."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise RuleSetError(self.at(key), f"must be a list, got {shown(value)}")
        return [JsonObject.read(item, f"{self.at(key)}[{i}]", known) for i, item in enumerate(value)]


def number_at(place: str, value: object, low: float, high: float) -> float:
    """Parse a number from `low` to `high`."""
    if not is_number(value) or not low <= value <= high:
        raise RuleSetError(place, f"must be a number from {low:g} to {high:g}, got {shown(value)}")
    return value


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a JSON value is a finite number; true and false are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return not isinstance(value, float) or math.isfinite(value)


def has_unseen(text: str) -> bool:
    """Return whether a text contains control characters or lone surrogates."""
    return _UNSEEN.search(text) is not None


def shown(value: object) -> str:
    """Return a value for an error message, shortened if it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def listed(words: Collection[str]) -> str:
    """Return words as a list for a message."""
    return ", ".join(words)
