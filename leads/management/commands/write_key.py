"""`manage.py write_key NAME`: print the write key of a website or app."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.intake.sources import save_source
from leads.models import Source


class Command(BaseCommand):
    """Prints the write key of a source, which is created if it does not exist."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="where the events come from, as people call it: Website, App, Billing")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        longest = Source._meta.get_field("name").max_length or 0
        if not name or len(name) > longest:
            raise CommandError(f"NAME must have 1 to {longest} characters, got {len(name)}.")
        source = Source.objects.filter(name=name).first() or Source(name=name)
        if source.pk is None:
            save_source(source, by=None, now=timezone.now())
        self.stdout.write(source.write_key)
