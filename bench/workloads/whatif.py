"""What-if: a draft against the live rules, as the panel beside the rule editor asks for it."""

import time

from django.utils import timezone

from bench.report import Line, middle
from bench.rows import make_leads
from scoring.engine.score import compile_rule_set
from scoring.models import RuleSet
from scoring.rules.default import add_default_rule_set
from scoring.rules.definition import definition_of, rule_set_from_rows
from scoring.rules.draft import import_draft
from scoring.whatif.preview import preview

SIZE = 100_000
EVENTS = 20
ROUNDS = 5


def run(size: int) -> None:
    """Measure and print."""
    now = timezone.now()
    add_default_rule_set(now=now)
    make_leads(1, size, events=EVENTS)
    definition = definition_of(RuleSet.objects.get(status="live"))
    definition["rules"][0]["points"] += 5
    definition["policy"] |= {"mql_threshold": 30, "mql_on_engagement": False}
    draft = compile_rule_set(rule_set_from_rows(import_draft(definition, now=now)))
    began, seconds = time.perf_counter(), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = preview(draft, now=timezone.now())
        seconds.append(time.perf_counter() - started)
    if not found.changed.count:
        raise SystemExit("The draft must change somebody's stage.")
    Line(
        "whatif",
        size,
        time.perf_counter() - began,
        found.looked_at / middle(seconds),
        None,
        None,
        None,
        None,
        f"leads/s judged by two rule sets, {EVENTS} events a lead; the longest answer took {max(seconds):.2f} s",
        {
            "looked_at": found.looked_at,
            "longest_seconds": round(max(seconds), 3),
            "changed": found.changed.count,
            "changed_error": found.changed.error,
        },
    ).print()
