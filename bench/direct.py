"""Straight into the database, past the product: what the limits are measured with."""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

Statement = tuple[str | bytes, Sequence[Any]]


def connect() -> Any:
    """Open a connection of its own, autocommitting, to the database under measurement."""
    database = settings.DATABASES["default"]
    if connection.vendor == "postgresql":
        raw = psycopg2.connect(
            dbname=database["NAME"],
            user=database["USER"],
            password=database["PASSWORD"],
            host=database["HOST"],
            port=database["PORT"] or None,
        )
        raw.autocommit = True
        return raw
    raw = sqlite3.connect(database["NAME"], isolation_level=None, timeout=20, check_same_thread=False)
    raw.executescript(database["OPTIONS"]["init_command"])
    return raw


def most_connections(wanted: int) -> int:
    """Return how many connections make sense: SQLite has one writer at a time."""
    return wanted if connection.vendor == "postgresql" else 1


def execute_all(statements: Sequence[Statement], connections: int, count: Callable[[int], None]) -> float:
    """Execute statements from so many connections, each its next as soon as its last is done; return the seconds.

    `count` hears the number of rows of each.
    """
    waiting = iter(statements)
    lock = threading.Lock()
    opened = [connect() for _ in range(most_connections(connections))]

    def work(raw: Any) -> None:
        cursor = raw.cursor()
        while True:
            with lock:
                statement = next(waiting, None)
            if statement is None:
                return
            cursor.execute(*statement)
            count(cursor.rowcount)

    threads = [threading.Thread(target=work, args=[raw]) for raw in opened]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    for raw in opened:
        raw.close()
    return seconds
