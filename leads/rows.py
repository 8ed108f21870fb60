"""Many rows in one statement: they are passed as one JSON value that the database expands to a table.

PostgreSQL and SQLite have different functions for this. The differences are kept here side by side, so that the
statements using them are written once.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models.expressions import RawSQL

_any_json = json.JSONEncoder(separators=(",", ":")).encode


def JSON(value: Any) -> str:
    """Return a value as JSON. Runs for every event; orjson takes a tenth of the standard library's time."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # A number of more than 64 bits.
        return _any_json(value)


@cache
def is_postgresql() -> bool:
    """Return whether the database is PostgreSQL rather than SQLite."""
    return connection.vendor == "postgresql"


def given(rows: Sequence[Mapping[str, Any]], **columns: str) -> tuple[str, list[Any]]:
    """Return the FROM item for a table `given` of rows, to end a statement with, and its parameters.

    columns: each name and its PostgreSQL type. A single row is passed as plain parameters, which takes half the time.
    """
    if len(rows) == 1:
        row = rows[0]
        return _one_row(tuple(columns.items())), [
            JSON(row[name]) if kind == "jsonb" else row[name] for name, kind in columns.items()
        ]
    return given_in("%s", columns), [JSON(rows)]


def given_in(place: str, columns: Mapping[str, str]) -> str:
    """Return the FROM item for a table `given`, passed as one JSON list at this place in the statement."""
    return _many_rows(place, tuple(columns.items()))


@cache
def _one_row(columns: tuple[tuple[str, str], ...]) -> str:
    if is_postgresql():
        listed = ", ".join(f"%s::{kind} AS {name}" for name, kind in columns)
    else:
        listed = ", ".join(f"%s AS {name}" for name, _ in columns)
    return f"(SELECT {listed}) AS given"


@cache
def _many_rows(place: str, columns: tuple[tuple[str, str], ...]) -> str:
    if is_postgresql():
        listed = ", ".join(f"{name} {kind}" for name, kind in columns)
        return f"jsonb_to_recordset({place}::jsonb) AS given({listed})"
    listed = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name, _ in columns)
    return f"(SELECT {listed} FROM json_each({place})) AS given"  # noqa: S608 - our own column names


def update_rows(table: str, rows: Sequence[Mapping[str, Any]], **columns: str) -> None:
    """Set these columns, each with its PostgreSQL type, of the rows identified by `id`; one statement."""
    if rows:
        source, parameters = given(rows, id="bigint", **columns)
        values = ", ".join(f"{name} = given.{name}" for name in columns)
        run(f"UPDATE {table} SET {values} FROM {source} WHERE {table}.id = given.id", parameters)  # noqa: S608


def insert_rows(table: str, rows: Sequence[Mapping[str, Any]], **columns: str) -> None:
    """Insert rows with these columns, each with its PostgreSQL type; one statement."""
    if rows:
        source, parameters = given(rows, **columns)
        names = ", ".join(columns)
        run(f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}", parameters)  # noqa: S608


def as_time(moment: datetime) -> str:
    """Return a UTC time as both databases store it in a session whose time zone is UTC."""
    return str(moment)[:-6]


def text_in(column: str, key: str) -> str:
    """Return the SQL expression for one text inside a JSON column."""
    if is_postgresql():
        return f"({column} ->> '{key}') COLLATE \"C\""
    return f"json_extract({column}, '$.{key}')"


def with_text(column: str, key: str, value: str) -> str:
    """Return the SQL expression for a JSON column with one text replaced by the expression `value`."""
    if is_postgresql():
        return f"jsonb_set({column}, '{{{key}}}', to_jsonb({value}))"
    return f"json_set({column}, '$.{key}', {value})"


def by_bytes(expression: str) -> str:
    """Return a text expression that compares bytewise like Python, whatever the database's collation."""
    return f'{expression} COLLATE "C"' if is_postgresql() else expression


def listed(column: str, place: str) -> str:
    """Return the condition that a column is in a list of any length, passed as one parameter (see as_list).

    Databases limit the number of parameters per statement: SQLite to 32,766.
    """
    if is_postgresql():
        return f"{column} = ANY({place})"
    return f"{column} IN (SELECT value FROM json_each({place}))"  # noqa: S608 - our own column names


def as_list(values: Collection[Any]) -> list[Any] | str:
    """Return values as the parameter of `listed`."""
    return list(values) if is_postgresql() else JSON(list(values))


def one_of(ids: Collection[int]) -> RawSQL:
    """Return a list of ids of any length for a queryset's `__in`, as one parameter."""
    sql = "SELECT unnest(%s::bigint[])" if is_postgresql() else "SELECT value FROM json_each(%s)"
    return RawSQL(sql, [as_list(ids)])  # noqa: S611 - the ids are its parameter


def places(values: Collection[Any]) -> str:
    """Return the placeholders for a list of values."""
    return ", ".join(["%s"] * len(values))


def is_among(column: str, values: Sequence[int] | Sequence[str]) -> tuple[str, list[Any]]:
    """Return the condition that a column has one of these values, however many, and its parameters."""
    if is_postgresql():
        kind = "text" if values and isinstance(values[0], str) else "bigint"
        return f"{column} = ANY(%s::{kind}[])", [list(values)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [JSON(list(values))]  # noqa: S608 - names of our own


def is_within(column: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """Return a condition that includes these ids (given in order) and, if they are dense, those between.

    For walks over a table: a range is found in one step, and the caller skips the superfluous rows.
    """
    if ids and ids[-1] - ids[0] < 2 * len(ids):
        return f"{column} BETWEEN %s AND %s", [ids[0], ids[-1]]
    return is_among(column, ids)


def posix_seconds(column: str) -> str:
    """Return the SQL expression for a time as POSIX seconds, a float with microseconds."""
    if is_postgresql():
        # `extract` returns numeric, which is slow.
        return f"date_part('epoch', {column})"
    # Times are stored as UTC text. Seconds and fraction are converted separately, since SQLite would round the sum.
    return f"strftime('%%s', substr({column}, 1, 19)) + CAST('0' || substr({column}, 20) AS REAL)"


def for_update() -> str:
    """Return the end of a SELECT that locks its rows, in its order. SQLite needs none: it has one writer at a time."""
    return "FOR NO KEY UPDATE" if is_postgresql() else ""


def fetch(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def run(sql: str, parameters: Sequence[Any]) -> int:
    """Run one statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount
