"""The product's real processes on PostgreSQL and Redis, and what may be done to them."""

import os
import secrets
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import redis
import requests
from django.db import connection
from django.utils import timezone

from leadcrm.celery import app
from leads.models import Lead
from scoring import tasks
from scoring.rules.full_rescore import is_rescoring
from tests.make import make_source
from tests.processes import (
    PATIENCE,
    Processes,
    Running,
    database_url,
    own_redis,
    wait_for,
    wait_until_it_answers,
    wait_until_ready,
)

WORKERS = ("worker-a", "worker-b")


class House:
    """A web server, two Celery workers of one process each, and beat; they share a database and a Redis."""

    def __init__(self, processes: Processes, broker: str) -> None:
        self.processes, self.broker = processes, broker
        self.redis = redis.Redis.from_url(broker)
        web, self.address = processes.web()
        self.beat = processes.beat()
        self.workers = {name: processes.worker(name) for name in WORKERS}
        wait_until_it_answers(web, self.address)
        for running in (self.beat, *self.workers.values()):
            wait_until_ready(running)
        self.write_key = ""

    def send(self, *messages: dict[str, Any], session: Any = requests) -> None:
        """Send a batch as a client would, and see it accepted."""
        body = {"batch": messages, "sentAt": timezone.now().isoformat()}
        answer = session.post(f"{self.address}/v1/batch", json=body, auth=(self.write_key, ""), timeout=PATIENCE)
        assert (answer.status_code, answer.text) == (200, '{"success":true}')

    def sweep(self) -> None:
        """Have a worker sweep now, as beat has it every few seconds."""
        self._enqueue(tasks.sweep)

    def score(self, part: int) -> None:
        """Enqueue the task that scores a part, whether or not there is one."""
        self._enqueue(tasks.score_due, part=part)

    def _enqueue(self, task: Any, **arguments: Any) -> None:
        with app.connection_for_write(self.broker) as link:
            task.apply_async(kwargs=arguments, connection=link)

    @property
    def is_idle(self) -> bool:
        """Whether no task is waiting or running."""
        return self.redis.llen("celery") == self.redis.llen("bulk") == 0 and self.redis.hlen("unacked") == 0

    def waiting_for_a_lock(self) -> set[str]:
        """Return the names of the processes whose transactions wait for a lock in PostgreSQL."""
        return names_of_connections("wait_event_type = 'Lock'")

    def settle(self) -> None:
        """Wait until every lead is scored that is due, or that a full rescore has not reached."""
        self.sweep()
        wait_for(self._is_settled, "every due lead to be scored")

    def _is_settled(self) -> bool:
        return not is_rescoring() and not Lead.objects.filter(score_due_at__lte=timezone.now()).exists()

    def complaints(self) -> list[str]:
        """Return what web server, workers and beat logged as errors since they started."""
        lines = [line for running in self.processes.started for line in running.says().splitlines()]
        return [line for line in lines if '"level": "error"' in line or "Traceback" in line or "deadlock" in line]

    def open(self) -> None:
        """Let everything run, with the workers that the last test killed replaced."""
        for running in self._living():
            running.signal_all(signal.SIGCONT)
        for name, worker in self.workers.items():
            if not worker.is_alive:
                self.workers[name] = self.processes.worker(name)
                wait_until_ready(self.workers[name])

    def close(self) -> None:
        """Pause everything outside any transaction, so that nobody is in the way when the tables are emptied."""
        self.forget()
        wait_for(self._pause, "the processes to be outside their transactions")

    def forget(self) -> None:
        """Empty Redis: the queue, the turns, everything."""
        self.redis.flushdb()
        self.redis.set("leadcrm-tests", os.getpid())

    def _pause(self) -> bool:
        for running in self._living():
            running.signal_all(signal.SIGSTOP)
        if not names_of_connections("state <> 'idle'"):
            return True
        self.open()
        return False

    def _living(self) -> list[Running]:
        return [running for running in self.processes.started if running.is_alive]


@pytest.fixture(scope="session")
def processes(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    """Start the product once for all faults; none of them may have led to a deadlock."""
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("DATABASE_URL names no PostgreSQL")
        if not os.environ.get("REDIS_URL"):
            pytest.skip("REDIS_URL names no Redis")
        with own_redis(os.environ["REDIS_URL"]) as broker:
            started = Processes(database_url(), broker, tmp_path_factory.mktemp("processes"))
            before = deadlocks()
            try:
                yield House(started, broker)
            finally:
                started.kill()
        # PostgreSQL counts the deadlocks of a connection when it ends, if not before.
        wait_for(lambda: not names_of_connections("true"), "PostgreSQL to see its clients gone")
        assert deadlocks() == before


@pytest.fixture
def house(processes, transactional_db, settings) -> Iterator[House]:
    """The running product, with tables and Redis of the test's own and nothing to do."""
    # What the test itself does is like a process that dies before it reaches the broker.
    settings.REDIS_URL = ""
    # The web server remembers for a while whose a write key is.
    processes.write_key = make_source(f"Website {secrets.token_hex(4)}").write_key
    processes.open()
    yield processes
    processes.close()


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def names_of_connections(condition: str) -> set[str]:
    """Return the application names of the other connections to the database that meet an SQL condition."""
    with connection.cursor() as cursor:
        # Inside a transaction PostgreSQL would go on showing what it showed first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND {condition}"
        )
        return {name for (name,) in cursor.fetchall()}
