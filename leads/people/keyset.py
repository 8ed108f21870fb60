"""Keyset pagination: page 1,000 costs as much as page 1."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan, Lookup

M = TypeVar("M", bound=Model)


class BadCursor(ValueError):
    """A page address that was truncated or edited."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order by some columns and then by id, all in one direction."""

    columns: tuple[str, ...]
    is_descending: bool

    def names(self, *, is_reversed: bool = False) -> list[str]:
        """Return the arguments for order_by."""
        sign = "-" if self.is_descending != is_reversed else ""
        return [f"{sign}{column}" for column in (*self.columns, "id")]

    def beyond(self, key: Sequence[object], *, is_reversed: bool = False) -> "Lookup[bool]":
        """Return the condition for rows after the row with this key.

        Rows are compared as a whole, `(score, id) < (7.5, 12)`, so that an index on the columns is used even if many
        rows have the same score.
        """
        compare = LessThan if self.is_descending != is_reversed else GreaterThan
        columns, values = map(F, (*self.columns, "id")), map(Value, key)
        return compare(_row(*columns), _row(*values))

    def key_of(self, row: Model) -> tuple[object, ...]:
        """Return the key of a row's position."""
        return tuple(getattr(row, column) for column in (*self.columns, "id"))


class _Row(Func):
    """A row value in SQL, `(score, id)`."""

    def get_group_by_cols(self) -> list[Any]:
        """Return the columns inside, since a row value can't be grouped by."""
        return [column for part in self.get_source_expressions() for column in part.get_group_by_cols()]


def _row(*expressions: F | Value) -> Func:
    # A row has no meaningful type; without one Django would derive it from the parts, which differ.
    return _Row(*expressions, function="", output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """A page's rows, and the cursors of the neighbouring pages ("" if there is none)."""

    rows: list[M]
    previous: str
    next: str


def page_of(rows: "QuerySet[M]", order: Order, *, after: str = "", before: str = "", size: int = 50) -> Page[M]:
    """Return the page after the cursor `after`, or before the cursor `before`, or the first one.

    Raises BadCursor.
    """
    if before and not after:
        return _page_in_front(rows, order, before, size)
    beyond = order.beyond(read_cursor(after, order)) if after else Q()
    found = list(rows.filter(beyond).order_by(*order.names())[: size + 1])
    shown, has_more = found[:size], len(found) > size
    return Page(
        shown,
        previous=write_cursor(order.key_of(shown[0])) if after and shown else "",
        next=write_cursor(order.key_of(shown[-1])) if has_more else "",
    )


def _page_in_front(rows: "QuerySet[M]", order: Order, before: str, size: int) -> Page[M]:
    condition = order.beyond(read_cursor(before, order), is_reversed=True)
    found = list(rows.filter(condition).order_by(*order.names(is_reversed=True))[: size + 1])
    shown = found[:size][::-1]
    return Page(
        shown,
        previous=write_cursor(order.key_of(shown[0])) if len(found) > size else "",
        next=write_cursor(order.key_of(shown[-1])) if shown else "",
    )


def write_cursor(key: Sequence[object]) -> str:
    """Return a row's key as text for an address."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(text: str, order: Order) -> list[object]:
    """Parse a key from `write_cursor`; raise BadCursor if it is invalid or belongs to another order."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return [_value(column, value) for column, value in zip((*order.columns, "id"), values, strict=True)]
    except (ValueError, TypeError) as error:
        raise BadCursor(f"This page address is not one of ours: {text[:40]}") from error


def _value(column: str, value: object) -> object:
    if column.endswith(("_at", "_by")):
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError(f"expected a time with its zone, got {value}")
        return moment
    expected: tuple[type, ...] = (int,) if column == "id" else (str,) if column.endswith("name") else (int, float)
    if isinstance(value, bool) or not isinstance(value, expected) or "\0" in str(value):
        raise TypeError(f"{column} can't be {value!r}")
    return value


def capped_count(rows: "QuerySet[M]", cap: int = 1000) -> int:
    """Count at most cap + 1 rows, which stands for "more than cap": counting a big table exactly is slow."""
    return rows.order_by()[: cap + 1].count()
