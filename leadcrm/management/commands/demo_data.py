"""`manage.py demo_data`: fill an empty database with a year of realistic data."""

import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leadcrm.demo.generate import make_demo
from leadcrm.demo.users import WRITE_KEY
from leads.management.progress import ProgressBar
from leads.models import Lead, Source
from scoring.qualification.walk import drain_all

MOST_LEADS = 5_000_000


class Command(BaseCommand):
    """Creates demo data and scores it."""

    help = "Fills an empty database with demo leads, a year of their journeys, and users (password: demo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leads", type=int, default=2_000, metavar="N", help="how many leads (default 2,000)")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed tells another story")
        parser.add_argument("--now", default="", metavar="TIME", help="the story's present, ISO 8601 (default: now)")
        parser.add_argument("--add", action="store_true", help="add to the leads that are there already")

    def handle(self, *args: Any, **options: Any) -> None:
        now = _moment(options["now"])
        if not 1 <= options["leads"] <= MOST_LEADS:
            raise CommandError(f"--leads must be 1 to {MOST_LEADS:,}, got {options['leads']}.")
        if options["add"] or not self._has_leads():
            self._make(options["leads"], options["seed"], now)
        # Also after a run that was stopped in between: whatever is due gets its score.
        self._score(now)

    def _has_leads(self) -> bool:
        """Return whether demo data exists; refuse if there are leads that are not the demo's."""
        if not Lead.objects.exists():
            return False
        if not Source.objects.filter(write_key=WRITE_KEY).exists():
            raise CommandError("There are leads in this database already. Use --add to put the demo's beside them.")
        self.stdout.write("Demo data is there already.")
        return True

    def _make(self, leads: int, seed: int, now: datetime) -> None:
        started = time.monotonic()
        with ProgressBar(self.stderr, "Leads", leads) as bar:
            events = make_demo(leads, seed=seed, now=now, report=bar.advance)
        self._tell(f"{leads:,} leads with {events:,} events", leads, started)

    def _score(self, now: datetime) -> None:
        due = Lead.objects.filter(score_due_at__lte=now).count()
        if not due:
            return
        started = time.monotonic()
        with ProgressBar(self.stderr, "Scores", due) as bar:
            drain_all(clock=lambda: now, report=bar.advance)
        self._tell(f"{due:,} scores", due, started)

    def _tell(self, what: str, leads: int, started: float) -> None:
        seconds = time.monotonic() - started
        self.stdout.write(f"{what} in {seconds:.1f} s, {leads / seconds:,.0f} leads a second.")


def _moment(text: str) -> datetime:
    if not text:
        return timezone.now().replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--now must be a time such as 2026-11-19T09:42:00, got {text}.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
