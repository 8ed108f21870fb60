"""`manage.py rescore`: score every lead again."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.management.progress import ProgressBar
from leads.models import Event, Lead
from leads.rows import is_postgresql
from scoring.qualification.side_by_side import rescore_all


def usual_processes() -> int:
    """Return one process a core; one altogether where the database lets only one write at a time."""
    return (os.cpu_count() or 1) if is_postgresql() else 1


class Command(BaseCommand):
    """Marks every lead due and scores until none is."""

    help = "Makes every lead due and scores until none is; prints leads and events a second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the one thing that it does, and by how many processes."""
        parser.add_argument("--all", action="store_true", help="score every lead")
        parser.add_argument(
            "--processes",
            type=int,
            default=usual_processes(),
            help="that work side by side; one a core, and one where the database is embedded, unless given",
        )

    def handle(self, *args: Any, all: bool, processes: int, **options: Any) -> None:
        """Show progress on a terminal and print the rates at the end."""
        if not all:
            raise CommandError("Say --all: that every lead is to be scored.")
        if processes < 1:
            raise CommandError(f"--processes must be at least 1, got {processes}.")
        total, events = Lead.objects.current().count(), Event.objects.exclude(lead=None).count()
        started = time.perf_counter()
        with ProgressBar(self.stderr, "Scoring", total) as bar:
            rescore_all(processes=processes, clock=timezone.now, report=bar.advance)
        seconds = time.perf_counter() - started
        self.stdout.write(
            f"{total:,} leads with {events:,} events in {seconds:.1f} s: "
            f"{total / seconds:,.0f} leads/s, {events / seconds:,.0f} events/s"
        )
