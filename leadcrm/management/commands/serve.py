"""`manage.py serve`: run the web server and the workers."""

import http.client
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from leadcrm.processes import run_together
from leadcrm.setup import setup_url_if_needed

PYTHON = [sys.executable]
CELERY = [*PYTHON, "-m", "celery", "--quiet", "--app", "leadcrm"]
SIGN_INS = """
  sign in as   admin, marketer, sales or sales2, each with the password demo
  write key    wk_demo
"""


class Command(BaseCommand):
    """Runs the product as one unit: web, worker and, with Redis, beat. If one ends, all end."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", metavar="PART", help="web, worker or beat; all of them unless named")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--web-processes", type=int, default=min(os.cpu_count() or 1, 4), metavar="N")
        parser.add_argument("--web-threads", type=int, default=8, metavar="N", help="in each process (default 8)")
        parser.add_argument("--demo", action="store_true", help="also print the sign-ins of the demo data")

    def handle(self, *args: Any, **options: Any) -> None:
        programs = self._chosen(options)
        if "web" not in programs and len(programs) == 1:
            # A single process needs no supervisor, and signals reach it directly.
            (command,) = programs.values()
            os.execv(command[0], command)  # noqa: S606 - our own command, no shell
        _refuse_a_taken_port(options["host"])
        sys.exit(run_together(programs, is_ready=_answers, on_ready=lambda: self._announce(options["demo"])))

    def _chosen(self, options: dict[str, Any]) -> dict[str, list[str]]:
        programs = _programs(options["host"], options["web_processes"], options["web_threads"])
        unknown = sorted(set(options["parts"]) - programs.keys())
        if unknown:
            raise CommandError(f"PART must be one of {', '.join(programs)}, got {', '.join(unknown)}.")
        return {name: programs[name] for name in options["parts"] or programs}

    def _announce(self, is_demo: bool) -> None:
        self.stdout.write(f"\nLeadCRM is ready at {settings.PUBLIC_URL}\n{SIGN_INS if is_demo else ''}")
        try:
            setup_url = setup_url_if_needed()
        except DatabaseError:
            # Serve anyway; /readyz reports that the database is down.
            setup_url = None
        if setup_url:
            self.stdout.write(f"Make the first admin at {setup_url}\n")
        if not settings.EMAIL_URL:
            self.stdout.write(f"Mail is written to {settings.EMAIL_FILE_PATH}, as EMAIL_URL names no server.\n")
        self.stdout.write("Ctrl-C ends it.\n")
        self.stdout.flush()


def _programs(host: str, processes: int, threads: int) -> dict[str, list[str]]:
    """Return the command line of each process of this configuration, by name."""
    programs = {"web": _web(host, processes, threads)}
    if settings.REDIS_URL:
        schedule = str(settings.VAR_DIR / "celerybeat-schedule")
        # At INFO Celery logs every task twice; our tasks use our own loggers.
        programs["worker"] = [*CELERY, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        programs["beat"] = [*CELERY, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile="]
    else:
        programs["worker"] = [*PYTHON, str(settings.BASE_DIR / "manage.py"), "worker"]
    return programs


def _web(host: str, processes: int, threads: int) -> list[str]:
    # Granian warns about more threads than cores. That is intended: the threads mostly wait for the database.
    kind = ["--interface", "wsgi", "--no-ws", "--log-level", "error"]
    size = ["--workers", str(processes), "--blocking-threads", str(threads), "--workers-kill-timeout", "10"]
    address = ["--host", host, "--port", str(settings.PORT)]
    return [*PYTHON, "-m", "granian", *kind, *size, *address, "leadcrm.wsgi:application"]


def _refuse_a_taken_port(host: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.PORT))
        except OSError as error:
            raise CommandError(f"Cannot listen on {host} port {settings.PORT}: {error.strerror}. Set PORT.") from error


def _answers() -> bool:
    """Return whether the web server responds, whatever the response is."""
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=1)
    # An allowed host: any other would be logged as an attack.
    host = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "localhost"
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        connection.getresponse()
    except OSError:
        return False
    else:
        return True
    finally:
        connection.close()
