"""Write many rows at once: COPY on PostgreSQL, many-row INSERT elsewhere. The one place that knows the difference."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model

Row = Sequence[object]

_json = json.JSONEncoder(ensure_ascii=False).encode


def write_rows(model: type[Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows of plain values (text, numbers, datetimes with a zone, dates, JSON as dict or list, None)."""
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(model._meta.db_table, columns, rows)
    else:
        _insert(model._meta.db_table, columns, rows)


def next_id(model: type[Model]) -> int:
    """Return the first id that no row has yet."""
    highest = model._default_manager.aggregate(highest=Max("pk"))["highest"]
    return (highest or 0) + 1


def continue_ids(models: Iterable[type[Model]]) -> None:
    """Let the database's own counters go on after ids that were given by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def refresh_statistics() -> None:
    """Let the database plan with what is stored now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    text = StringIO()
    for row in rows:
        text.write("\t".join([_COPY_TEXT[type(value)](value) for value in row]))
        text.write("\n")
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)


def _insert(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """The portable twin."""
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  (names of our own models)
    values: list[list[Any]] = [[_PLAIN.get(type(value), _as_it_is)(value) for value in row] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _as_it_is(value: object) -> object:
    return value


def _escaped(text: str) -> str:
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


_COPY_TEXT: Mapping[type, Callable[..., str]] = {
    str: _escaped,
    int: str,
    float: repr,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    dict: lambda value: _escaped(_json(value)),
    list: lambda value: _escaped(_json(value)),
    type(None): lambda value: "\\N",
}
_PLAIN: Mapping[type, Callable[..., object]] = {
    datetime: lambda value: str(value.astimezone(UTC).replace(tzinfo=None)),
    date: date.isoformat,
    dict: _json,
    list: _json,
}
