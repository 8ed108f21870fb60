"""Prepared statements for the path of every event: PostgreSQL plans each once per connection.

Planning takes about as long as executing. The plan is kept while tables grow, so only statements with one good plan for
any size belong here: one row by a unique index, or none. SQLite's driver caches compiled statements by itself.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from leads.rows import is_postgresql

_PLACE = re.compile(r"%\((\w+)\)s")


class Prepared:
    """A statement with named parameters, written `%(name)s`.

    name: of the prepared statement, unique. types: each parameter's PostgreSQL type, by its name.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str]) -> None:
        self.name = name
        numbers = {parameter: f"${number}" for number, parameter in enumerate(types, 1)}
        self._preparation = (
            f"PREPARE {name} ({', '.join(types.values())}) AS {_PLACE.sub(lambda place: numbers[place[1]], sql)}"
        )
        self._call = f"EXECUTE {name} ({', '.join(f'%({parameter})s' for parameter in types)})"
        self._typed = _PLACE.sub(lambda place: f"{place[0]}::{types[place[1]]}", sql)
        self._plain = sql

    def fetch(self, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run the statement and return its rows."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement(), parameters)
            return cursor.fetchall()

    def run(self, parameters: Mapping[str, Any]) -> int:
        """Run the statement and return how many rows it changed."""
        with connection.cursor() as cursor:
            cursor.execute(self._statement(), parameters)
            return cursor.rowcount

    def _statement(self) -> str:
        if not is_postgresql():
            return self._plain
        if not settings.PREPARED_STATEMENTS:
            return self._typed
        self._prepare()
        return self._call

    def _prepare(self) -> None:
        """Prepare the statement unless this connection has done so; it outlasts transactions."""
        raw = connection.connection
        session, prepared = getattr(connection, _KNOWN, _NOTHING_KNOWN)
        if session is not raw:
            prepared = set()
            setattr(connection, _KNOWN, (raw, prepared))
        if self.name not in prepared:
            with connection.wrap_database_errors, raw.cursor() as cursor:
                cursor.execute(self._preparation)
            prepared.add(self.name)


# The attribute in which a connection remembers what it has prepared in which server session.
_KNOWN = "_leadcrm_prepared"
_NOTHING_KNOWN: tuple[Any, set[str]] = (None, set())
