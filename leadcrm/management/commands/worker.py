"""`manage.py worker`: run the periodic schedule in one process, for installations without Redis."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from leadcrm.celery import SCHEDULE, app

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs what Celery's worker and beat would run, one task after the other."""

    help = "Runs the periodic schedule and drains due work in one process; with Redis Celery does both."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --every, the seconds between two rounds."""
        parser.add_argument("--every", type=float, default=1.0, help="Seconds between two rounds at most (default 1).")

    def handle(self, *args: Any, every: float, **options: Any) -> None:
        """Run rounds until told to stop. A failing task is logged and tried again in the next round."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        app.loader.import_default_modules()
        due = dict.fromkeys(SCHEDULE, 0.0)
        while not stop.is_set():
            self._run_due(due, every)
            stop.wait(max(0.05, min(due.values()) - time.monotonic()))

    def _run_due(self, due: dict[str, float], every: float) -> None:
        for name, entry in SCHEDULE.items():
            if time.monotonic() < due[name]:
                continue
            close_old_connections()
            try:
                app.tasks[entry["task"]]()
            except Exception:
                logger.exception("The task %s failed and will be tried again.", entry["task"])
            due[name] = time.monotonic() + min(entry["schedule"], every)
