"""The product's own processes, started as it is served, and the empty view beside them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
SIZE = ["--web-processes", "2", "--web-threads", "8"]
STARTS_WITHIN = 60.0


class Server(NamedTuple):
    """A web server that answers."""

    port: int
    pid: int


@contextmanager
def web_server(environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve the product with two processes of eight threads."""
    port = _free_port()
    with _running([*MANAGE, "serve", "web", *SIZE], {"PORT": str(port), **(environment or {})}) as pid:
        _wait_until_it_listens(port)
        yield Server(port, pid)


@contextmanager
def empty_server() -> Iterator[Server]:
    """Serve an empty view behind a normal page's middleware in the same way."""
    with web_server({"DJANGO_SETTINGS_MODULE": "bench.empty_settings"}) as server:
        yield server


@contextmanager
def worker(processes: int = 1) -> Iterator[int]:
    """Run a worker: with Redis Celery's with its beat and so many processes, else `manage.py worker`; give its id."""
    if settings.REDIS_URL:
        schedule = str(settings.VAR_DIR / "bench-schedule")
        celery = [sys.executable, "-m", "celery", "--app", "leadcrm", "worker", "--concurrency", str(processes)]
        command = [*celery, "--beat", "--schedule", schedule, "--loglevel", "WARNING"]
    else:
        command = [*MANAGE, "worker"]
    with _running(command, {}) as pid:
        yield pid


@contextmanager
def _running(command: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, cwd=settings.BASE_DIR
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The server did not listen on port {port} within {STARTS_WITHIN:.0f} s.")
