"""Statements that stand on the way of every event: PostgreSQL plans each once a connection, not once an event.

Planning takes it about as long as doing. The plan is kept while the tables grow, so only what has one good plan
whatever their size belongs here: one row by a unique index, or none at all. SQLite's driver keeps its compiled
statements by itself.
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
        """Prepare the statement where this connection has not yet; that outlasts its transactions."""
        raw = connection.connection
        session, prepared = getattr(connection, _KNOWN, _NOTHING_KNOWN)
        if session is not raw:
            prepared = set()
            setattr(connection, _KNOWN, (raw, prepared))
        if self.name not in prepared:
            with connection.wrap_database_errors, raw.cursor() as cursor:
                cursor.execute(self._preparation)
            prepared.add(self.name)


# Under this name a connection remembers for which session of the server it has prepared what.
_KNOWN = "_leadcrm_prepared"
_NOTHING_KNOWN: tuple[Any, set[str]] = (None, set())
