"""Many rows in one statement: they travel as one JSON value, and the database reads it as a table.

PostgreSQL and SQLite name the functions for this differently; the differences stand here, side by side, and the
statements that use them are written once.
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
    """Return a value as JSON; it stands on the way of every event, and orjson takes a tenth of the usual time."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # A number of more than 64 bits.
        return _any_json(value)


@cache
def is_postgresql() -> bool:
    """Tell which of the two databases answers."""
    return connection.vendor == "postgresql"


def given(rows: Sequence[Mapping[str, Any]], **columns: str) -> tuple[str, list[Any]]:
    """Return the table `given` made of rows, for the end of a statement, and its parameters.

    columns: each name and its PostgreSQL type. Of one row it is made of plain parameters: a database that need not
    unpack JSON has planned and done the rest in half the time.
    """
    if len(rows) == 1:
        row = rows[0]
        return _one_row(tuple(columns.items())), [
            JSON(row[name]) if kind == "jsonb" else row[name] for name, kind in columns.items()
        ]
    return given_in("%s", columns), [JSON(rows)]


def given_in(place: str, columns: Mapping[str, str]) -> str:
    """Return the table `given` made of rows that travel as one JSON list at this place in the statement."""
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
    """Set these columns, each with its PostgreSQL type, of the rows that are named by their `id`; one statement."""
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
    """Return a UTC time as both databases store it, in a session whose time zone is UTC."""
    return str(moment)[:-6]


def text_in(column: str, key: str) -> str:
    """Return the expression for one text inside a JSON column."""
    if is_postgresql():
        return f"({column} ->> '{key}') COLLATE \"C\""
    return f"json_extract({column}, '$.{key}')"


def with_text(column: str, key: str, value: str) -> str:
    """Return the expression for a JSON column with one text set to the expression `value`."""
    if is_postgresql():
        return f"jsonb_set({column}, '{{{key}}}', to_jsonb({value}))"
    return f"json_set({column}, '$.{key}', {value})"


def by_bytes(expression: str) -> str:
    """Return a text expression that compares byte by byte, as Python compares, whatever the database's language."""
    return f'{expression} COLLATE "C"' if is_postgresql() else expression


def listed(column: str, place: str) -> str:
    """Return the condition that a column is one of a list of any length, which travels as one parameter: as_list's.

    A database takes only so many parameters a statement: SQLite 32,766.
    """
    if is_postgresql():
        return f"{column} = ANY({place})"
    return f"{column} IN (SELECT value FROM json_each({place}))"  # noqa: S608 - our own column names


def as_list(values: Collection[Any]) -> list[Any] | str:
    """Return values as the one parameter of `listed`."""
    return list(values) if is_postgresql() else JSON(list(values))


def one_of(ids: Collection[int]) -> RawSQL:
    """Return a list of ids of any length for a queryset's `__in`, as one parameter."""
    sql = "SELECT unnest(%s::bigint[])" if is_postgresql() else "SELECT value FROM json_each(%s)"
    return RawSQL(sql, [as_list(ids)])  # noqa: S611 - the ids are its parameter


def places(values: Collection[Any]) -> str:
    """Return the placeholders of a list of values."""
    return ", ".join(["%s"] * len(values))


def is_among(column: str, values: Sequence[int] | Sequence[str]) -> tuple[str, list[Any]]:
    """Return the condition that a column has one of these values, however many, and its parameters."""
    if is_postgresql():
        kind = "text" if values and isinstance(values[0], str) else "bigint"
        return f"{column} = ANY(%s::{kind}[])", [list(values)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [JSON(list(values))]  # noqa: S608 - names of our own


def is_within(column: str, ids: Sequence[int]) -> tuple[str, list[Any]]:
    """Return a condition that holds of these ids, given in order, and if they lie close together of those between.

    For walks over a table: a range is found in one step, and what is too much is quickly left out by the caller.
    """
    if ids and ids[-1] - ids[0] < 2 * len(ids):
        return f"{column} BETWEEN %s AND %s", [ids[0], ids[-1]]
    return is_among(column, ids)


def posix_seconds(column: str) -> str:
    """Return the expression for a time as POSIX seconds, a float to the microsecond."""
    if is_postgresql():
        # `extract` would be a slow numeric.
        return f"date_part('epoch', {column})"
    # Django stores times as text in UTC: whole seconds, and the fraction after them; SQLite would round the whole.
    return f"strftime('%%s', substr({column}, 1, 19)) + CAST('0' || substr({column}, 20) AS REAL)"


def for_update() -> str:
    """Return the end of a SELECT that locks its rows, in its order; SQLite lets one transaction write at a time."""
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
