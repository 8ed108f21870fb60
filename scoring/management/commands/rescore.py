"""Score every lead again."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.management.progress import ProgressBar
from leads.models import Event, Lead
from scoring.qualification.walk import rescore_all


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
        with ProgressBar(self.stderr, "Scoring", total) as bar:
            rescore_all(clock=timezone.now, report=bar.advance)
        seconds = time.perf_counter() - started
        self.stdout.write(
            f"{total:,} leads with {events:,} events in {seconds:.1f} s: "
            f"{total / seconds:,.0f} leads/s, {events / seconds:,.0f} events/s"
        )
