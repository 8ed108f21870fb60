"""Backtest: closed leads scored as they stood at each of their events, by a draft and by the live rules."""

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench.report import Line, middle
from bench.rows import make_leads
from leads.models import Stage, StageChange
from scoring.engine.definition import rule_set_from_json
from scoring.engine.score import compile_rule_set
from scoring.models import RuleSet
from scoring.rules.default import add_default_rule_set
from scoring.rules.definition import definition_of
from scoring.whatif.backtest import backtest
from scoring.whatif.kept import kept_backtest

SIZE = 5_000
EVENTS = 20
ROUNDS = 5
# One of so many closed leads bought.
WON = 7


def run(size: int) -> None:
    """Measure and print."""
    now = timezone.now()
    add_default_rule_set(now=now)
    make_leads(1, size, events=EVENTS)
    _close(size)
    definition = definition_of(RuleSet.objects.get(status="live"))
    definition["policy"] |= {"sql_threshold": 45}
    draft = compile_rule_set(rule_set_from_json(definition, version=2))
    began, seconds = time.perf_counter(), []
    for _ in range(ROUNDS):
        found = backtest(draft, now=now)
        seconds.append(found.seconds)
    whole = time.perf_counter() - began
    kept_backtest(draft, now=now)
    started = time.perf_counter()
    kept_backtest(draft, now=now)
    again = time.perf_counter() - started
    Line(
        "backtest",
        size,
        whole,
        found.closed / middle(seconds),
        None,
        None,
        None,
        None,
        f"closed leads/s scored at each of {EVENTS} events by two rule sets; the longest took {max(seconds):.2f} s",
        {
            "closed": found.closed,
            "won": found.won,
            "longest_seconds": round(max(seconds), 3),
            "kept_seconds": round(again, 4),
        },
    ).print()


def _close(size: int) -> None:
    """Let each lead be won or lost within the last 60 days."""
    now = timezone.now()
    StageChange.objects.bulk_create(
        StageChange(
            lead_id=lead,
            from_stage=Stage.CLAIMED,
            to_stage=Stage.RECYCLED if lead % WON else Stage.CUSTOMER,
            reason="Closed.",
            changed_at=now - timedelta(days=lead * 37 % 60, seconds=lead),
        )
        for lead in range(1, size + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
