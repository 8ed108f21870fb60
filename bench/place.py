"""Where a workload is measured: a database, a Redis and a folder of its own, all gone afterwards."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

ROOT = Path(__file__).resolve().parent.parent
REDIS_DATABASES = range(15, 0, -1)


def end_tidily() -> None:
    """Let SIGTERM unwind the program as Ctrl-C does, so that servers end and databases are dropped."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


@dataclass(frozen=True)
class Place:
    """The environment that every process of one workload shares."""

    environment: dict[str, str]

    def run(self, workload: str, size: int | None) -> None:
        """Run a workload in a process of its own, since a Django process knows one database for life."""
        command = [sys.executable, "-m", "bench.run", workload, *([str(size)] if size else [])]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        try:
            if process.wait():
                raise SystemExit(f"The workload {workload} ended with {process.returncode}.")
        finally:
            # Told to stop, it ends its own servers first.
            process.terminate()
            process.wait()


@contextmanager
def own_place() -> Iterator[Place]:
    """Make a place and take it away again."""
    with tempfile.TemporaryDirectory(prefix="leadcrm-bench-") as folder:
        environment = {
            **os.environ,
            "LEADCRM_VAR_DIR": folder,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "LOG_LEVEL": "ERROR",
            "PYTHONWARNINGS": "ignore",
            "DJANGO_SETTINGS_MODULE": "leadcrm.settings",
        }
        server = environment.pop("DATABASE_URL", "")
        broker = environment.pop("REDIS_URL", "")
        with ExitStack() as stack:
            if broker:
                environment["REDIS_URL"] = stack.enter_context(_own_redis(broker))
            if server:
                environment["DATABASE_URL"] = stack.enter_context(_own_database(server))
            yield Place(environment)


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    name = f"leadcrm_bench_{secrets.token_hex(4)}"
    _execute(server, f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(server: str, statement: str) -> None:
    connection = psycopg2.connect(server)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@contextmanager
def _own_redis(url: str) -> Iterator[str]:
    """Give the address of a Redis database that was empty, so that no running product's tasks are touched."""
    for number in REDIS_DATABASES:
        own = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
        with redis.Redis.from_url(own) as client:
            if client.dbsize() == 0 and client.set("leadcrm-bench", os.getpid(), nx=True):
                try:
                    yield own
                finally:
                    client.flushdb()
                return
    raise SystemExit("REDIS_URL: databases 15 down to 1 all hold something; expected an empty one to measure in.")
