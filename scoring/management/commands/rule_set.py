"""`manage.py rule_set export|import|publish`: rule sets as JSON."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.errors import LeadError
from scoring.engine.definition import RuleSetError
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import definition_of
from scoring.rules.draft import import_draft
from scoring.rules.publish import publish


class Command(BaseCommand):
    """Exports the live rule set as JSON, imports a draft, or publishes a version."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        export = actions.add_parser("export", help="write the live rule set, or a version, as JSON")
        export.add_argument("file", nargs="?", default="-", metavar="FILE", help="- (the default): standard output")
        export.add_argument("--of", type=int, metavar="VERSION", help="this version instead of the live one")
        read = actions.add_parser("import", help="store JSON as a draft and print its version")
        read.add_argument("file", nargs="?", default="-", metavar="FILE", help="- (the default): standard input")
        live = actions.add_parser("publish", help="make a version live and mark every lead due")
        live.add_argument("what", metavar="VERSION|FILE", help="a version number, or a file to import and publish")
        live.add_argument("--note", default="", help="what this version changes, and why")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except (RuleSetError, LeadError) as error:
            raise CommandError(str(error)) from error

    def _export(self, options: dict[str, Any]) -> None:
        text = json.dumps(definition_of(_chosen(options["of"])), indent=2, ensure_ascii=False)
        if options["file"] == "-":
            self.stdout.write(text)
        else:
            Path(options["file"]).write_text(f"{text}\n", encoding="utf-8")

    def _import(self, options: dict[str, Any]) -> None:
        self.stdout.write(str(_imported(options["file"]).version))

    def _publish(self, options: dict[str, Any]) -> None:
        what = options["what"]
        rule_set = _chosen(int(what)) if what.isdecimal() else _imported(what)
        publish(rule_set, by=None, note=options["note"], now=timezone.now())
        self.stdout.write(f"{rule_set} is live. Every lead will be scored by it.")


def _chosen(version: int | None) -> RuleSet:
    wanted = {"status": RuleSetStatus.LIVE} if version is None else {"version": version}
    rule_set = RuleSet.objects.filter(**wanted).first()
    if rule_set is None:
        versions = RuleSet.objects.order_by("version").values_list("version", flat=True)
        known = ", ".join(map(str, versions)) or "none"
        raise CommandError(f"VERSION must be one of {known}, got {version or 'no live one'}.")
    return rule_set


def _imported(file: str) -> RuleSet:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        data = json.loads(text)
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} must hold JSON: {error}.") from error
    return import_draft(data, now=timezone.now())
