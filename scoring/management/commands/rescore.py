"""Score every lead again."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.models import Event, Lead
from scoring.qualification.walk import rescore_all

BAR = 40


class Command(BaseCommand):
    """Mark every lead due and score until none is."""

    help = "Marks every lead due and scores until none is, in this process; prints leads and events a second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the one thing that it does."""
        parser.add_argument("--all", action="store_true", help="score every lead")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:
        """Show progress on a terminal and print the rates at the end."""
        if not all:
            raise CommandError("Say --all: that every lead is to be scored.")
        total, events = Lead.objects.current().count(), Event.objects.exclude(lead=None).count()
        started = time.perf_counter()
        bar = ProgressBar(total) if sys.stderr.isatty() else None
        rescore_all(clock=timezone.now, report=bar.advance if bar else None)
        seconds = time.perf_counter() - started
        self.stdout.write(
            f"{total:,} leads with {events:,} events in {seconds:.1f} s: "
            f"{total / seconds:,.0f} leads/s, {events / seconds:,.0f} events/s"
        )


class ProgressBar:
    """A line on a terminal that fills."""

    def __init__(self, total: int) -> None:
        self.total = max(total, 1)
        self.done = 0

    def advance(self, number: int) -> None:
        """Draw the line with so many more done."""
        self.done = min(self.done + number, self.total)
        filled = BAR * self.done // self.total
        end = "\n" if self.done == self.total else ""
        sys.stderr.write(f"\r{'#' * filled}{'.' * (BAR - filled)} {self.done:,} of {self.total:,}{end}")
        sys.stderr.flush()
