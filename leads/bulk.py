"""Write many rows at once: COPY on PostgreSQL, many-row INSERT elsewhere. Only this module knows the difference."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import Model

from leads.rows import JSON, fetch, is_postgresql

Row = Sequence[object]
AT_ONCE = 262_144  # characters per round trip to the database


class Json(str):
    """JSON that is text already, for values that many rows share."""

    __slots__ = ()


def write_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Row], **same: object) -> None:
    """Insert rows of plain values (text, numbers, datetimes with a zone, dates, JSON as dict or list, None).

    same: further columns, with the value that all rows have in them.
    """
    prepared_rows(model, columns, rows, **same)()


def prepared_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Row], **same: object
) -> Callable[[], None]:
    """Convert rows to the form the database takes, and return a function that writes them."""
    prepare = _copy if is_postgresql() else _insert
    return prepare(model._meta.db_table, (*columns, *same), rows, tuple(same.values()))


def new_ids(model: type[Model], count: int) -> list[int]:
    """Return this many new ids, ascending, reserved for the caller. Call inside a transaction."""
    if not count:
        return []
    table = model._meta.db_table
    if is_postgresql():
        # The sequence's name is looked up once, because that takes longer than drawing a number.
        sql = """
            WITH ids AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence)
            SELECT nextval(sequence) FROM ids, generate_series(1, %s)
        """
        return [pk for (pk,) in fetch(sql, [table, count])]
    # SQLite has one writer at a time and remembers the highest id of each table.
    given = fetch("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    last = given[0][0] if given else 0
    return list(range(last + 1, last + 1 + count))


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the violated constraint; "" on SQLite, which does not tell."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", ""))


def _copy(table: str, columns: Sequence[str], rows: Iterable[Row], same: Row) -> Callable[[], None]:
    end = "".join(f"\t{_COPY_TEXT[type(value)](value)}" for value in same) + "\n"
    lines = ["\t".join([_COPY_TEXT[type(value)](value) for value in row]) for row in rows]
    text = StringIO(end.join(lines) + end if lines else "")

    def write() -> None:
        if lines:
            # Django translates driver errors only for its own calls.
            with connection.wrap_database_errors, connection.cursor() as cursor:
                cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text, AT_ONCE)

    return write


def _insert(table: str, columns: Sequence[str], rows: Iterable[Row], same: Row) -> Callable[[], None]:
    """Insert the rows; the portable equivalent of COPY."""
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  (names of our own models)
    end = [_PLAIN.get(type(value), _as_it_is)(value) for value in same]
    values: list[list[Any]] = [[_PLAIN.get(type(value), _as_it_is)(value) for value in row] + end for row in rows]

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)

    return write


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
    dict: lambda value: _escaped(JSON(value)),
    list: lambda value: _escaped(JSON(value)),
    Json: _escaped,
    type(None): lambda value: "\\N",
}
_PLAIN: Mapping[type, Callable[..., object]] = {
    datetime: lambda value: str(value.astimezone(UTC).replace(tzinfo=None)),
    date: date.isoformat,
    dict: JSON,
    list: JSON,
    Json: str,
}
