"""Real processes beside the tests, on the database that the tests see: web server, Celery workers, beat."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import redis
import requests
from django.conf import settings
from django.db import connection

from leadcrm.management.commands.serve import CELERY
from leadcrm.processes import _end_with_the_launcher

ROOT = Path(__file__).parents[1]
STARTS_WITHIN = 60.0  # seconds
PATIENCE = 30.0  # seconds; covers several sweeps of beat, and the time until a dead worker's turn runs out
Found = TypeVar("Found")


class Running:
    """A process with all that it starts. Its PostgreSQL connections carry its name as application_name."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env={**environment, "PGAPPNAME": name},
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_the_launcher if sys.platform == "linux" else None,
            )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def says(self) -> str:
        return self.log.read_text(errors="replace")

    def signal_all(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End all of it at once, without a chance to clean up."""
        self.signal_all(signal.SIGKILL)
        self.process.wait()

    def children(self) -> list[int]:
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while not is_ready():
            if not self.is_alive or time.monotonic() > deadline:
                raise AssertionError(f"{self.name} did not start within {STARTS_WITHIN:.0f} s:\n{self.says()[-3000:]}")
            time.sleep(0.05)


class Processes:
    """Starts processes that share a database, a Redis (none where its address is empty) and a folder of their own.

    Starting does not wait until they are ready, so that several may start together.
    """

    def __init__(self, database: str, redis_url: str, folder: Path) -> None:
        self.folder = folder
        self.started: list[Running] = []
        self.environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"} | {
            "DATABASE_URL": database,
            # The tests' own: what they seal, the processes can read.
            "SECRET_KEY": settings.SECRET_KEY,
            "LEADCRM_VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
        }
        if redis_url:
            self.environment["REDIS_URL"] = redis_url

    def start(self, name: str, command: list[str], **environment: str) -> Running:
        log = self.folder / f"{name}-{len(self.started)}.log"
        running = Running(name, command, {**self.environment, **environment}, log)
        self.started.append(running)
        return running

    def web(self, name: str = "web", **environment: str) -> tuple[Running, str]:
        """Start a web server; return it with its address."""
        port = str(free_port())
        address = f"http://127.0.0.1:{port}"
        size = ["--workers", "1", "--blocking-threads", "8", "--workers-kill-timeout", "1"]
        options = ["--interface", "wsgi", "--no-ws", "--log-level", "warning", *size, "--port", port]
        command = [sys.executable, "-m", "granian", *options, "leadcrm.wsgi:application"]
        return self.start(name, command, **{"PORT": port, "PUBLIC_URL": address, **environment}), address

    def worker(self, name: str = "worker") -> Running:
        if "REDIS_URL" not in self.environment:
            return self.start(name, [sys.executable, "manage.py", "worker"])
        options = ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--concurrency", "1"]
        return self.start(name, [*CELERY, "worker", *options, "--hostname", f"{name}@%h"])

    def beat(self) -> Running:
        schedule = ["--schedule", str(self.folder / "schedule"), "--pidfile="]
        return self.start("beat", [*CELERY, "beat", "--loglevel", "INFO", *schedule])

    def kill(self) -> None:
        for running in self.started:
            if running.is_alive:
                running.kill()


def wait_until_ready(running: Running) -> None:
    """Wait until a Celery worker takes tasks, or beat sends them."""
    running.wait_until(lambda: " ready." in running.says() or "beat: Starting" in running.says())


def wait_until_it_answers(web: Running, address: str) -> None:
    """Wait until a web server serves."""

    def answers() -> bool:
        try:
            return requests.get(f"{address}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    web.wait_until(answers)


def wait_for(look: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """Return the first thing that `look` finds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def database_url() -> str:
    """Return the address of the database that the tests run on."""
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    account = quote(of["USER"], safe="") + (f":{quote(of['PASSWORD'], safe='')}" if of["PASSWORD"] else "")
    return f"postgres://{account}@{of['HOST']}:{of['PORT'] or 5432}/{of['NAME']}"


@contextmanager
def own_redis(url: str) -> Iterator[str]:
    """Give the address of a Redis database that was empty: a worker takes every task that it finds in its own."""
    if not url:
        yield ""
        return
    for number in range(15, 0, -1):
        own = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
        with redis.Redis.from_url(own) as client:
            if client.dbsize() == 0 and client.set("leadcrm-tests", os.getpid(), nx=True):
                try:
                    yield own
                finally:
                    client.flushdb()
                return
    raise AssertionError("Redis databases 15 down to 1 all hold something; expected an empty one.")
