"""A full rescore: every lead scored again from its events."""

import re
import resource
import subprocess
import time
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from bench import direct
from bench.report import Line, middle
from bench.rounds import alternate
from bench.rows import make_leads
from bench.servers import MANAGE
from bench.spread import Spread
from leads.models import Event, Identifier, Lead, Source
from scoring.engine.facts import BehaviourRule
from scoring.management.commands.rescore import usual_processes
from scoring.models import Rule, RuleSet, RuleSetStatus
from scoring.qualification.rescore import rescore_leads
from scoring.rules.default import add_default_rule_set
from scoring.rules.draft import start_draft
from scoring.rules.live import live_rule_set
from scoring.rules.publish import publish

SIZE = 100_000
EVENTS, EVENTS_OF_A_MILLION = 20, 10
ROUNDS = 3
SINGLE_LEADS, SINGLE_EVENTS, WARM_UP = 200, 200, 20
LIMIT = "one SQL aggregate over the same events, one process, one FILTER a rule"
NEVER_FADES = 1e9  # days


class Rescore(NamedTuple):
    """rate: events/s. cpu: seconds that Python's processes used, start included."""

    rate: float
    cpu: float


def run(size: int) -> None:
    """Measure and print."""
    add_default_rule_set(now=timezone.now())
    each = EVENTS if size < 1_000_000 else EVENTS_OF_A_MILLION
    make_leads(1, size, events=each)
    began = time.perf_counter()
    first = _rescore().rate
    unscored = Lead.objects.filter(scored_at=None).count()
    if unscored:
        raise SystemExit(f"Every lead must be scored, {unscored} are not.")
    total, versions = size * each, cycle(_two_versions())
    ours, limit = alternate(lambda _: _round(next(versions)), lambda _: _aggregate(total), ROUNDS)
    rate, limit_rate = middle([published.rate for published, _, _ in ours]), middle(limit)
    Line(
        "rescore",
        size,
        time.perf_counter() - began,
        rate,
        None,
        None,
        limit_rate,
        rate / limit_rate,
        f"events/s of `manage.py rescore --all` after publishing, so that every lead is written; {usual_processes()} "
        f"processes, {each} events a lead, {len(live_rule_set().rule_set.rules)} rules; first_seconds: of leads never "
        f"scored; unchanged: once more; limit: {LIMIT}; two_workers: after publishing, two Celery processes beside "
        f"one; one_lead_ms: with its event number {SINGLE_EVENTS}",
        {
            "leads_per_second": round(rate / each),
            "first_seconds": round(total / first, 1),
            "published_seconds": round(total / rate, 1),
            "unchanged_seconds": round(total / middle([unchanged.rate for _, unchanged, _ in ours]), 1),
            "unchanged_rate": round(middle([unchanged.rate for _, unchanged, _ in ours])),
            "one_process_unchanged_rate": round(middle([alone.rate for _, _, alone in ours])),
            "events_per_python_cpu_second": round(total / middle([published.cpu for published, _, _ in ours])),
            **_spread(versions),
            "one_lead_ms": round(_one_lead_ms(size), 2),
        },
    ).print()


def _two_versions() -> tuple[int, int]:
    """Return two versions of the rules to be published by turns; the first is not live."""
    live = RuleSet.objects.get(status=RuleSetStatus.LIVE)
    other = start_draft(live, now=timezone.now())
    Rule.objects.filter(rule_set=other, points__gt=1).update(points=F("points") - 0.5)
    return other.version, live.version


def _round(version: int) -> tuple[Rescore, Rescore, Rescore]:
    """Rescore after publishing, with nothing changed, and so once more in one process."""
    publish(RuleSet.objects.get(version=version), by=None, now=timezone.now())
    return _rescore(), _rescore(), _rescore("--processes", "1")


def _spread(versions: Iterator[int]) -> dict[str, float | None]:
    """Return how many times as fast two of Celery's processes are as one after publishing; what each takes, MB."""
    if not settings.REDIS_URL:
        return {"two_workers": None, "worker_mb": None}
    spread = Spread(versions)
    ones, twos = alternate(lambda _: spread.seconds(1), lambda _: spread.seconds(2), ROUNDS)
    return {"two_workers": round(middle(ones) / middle(twos), 2), "worker_mb": round(spread.memory)}


def _one_lead_ms(size: int) -> float:
    """Return the median of scoring one lead with many events anew, as a worker does when one more has come in."""
    first, last = size + 1, size + WARM_UP + min(SINGLE_LEADS, size)
    make_leads(first, last, events=SINGLE_EVENTS - 1)
    lead_ids = range(first, last + 1)
    rescore_leads(lead_ids, now=timezone.now())
    took = []
    for lead_id in lead_ids:
        _add_event(lead_id)
        started = time.perf_counter()
        rescore_leads([lead_id], now=timezone.now())
        took.append(time.perf_counter() - started)
    return 1000 * middle(took[WARM_UP:])


def _add_event(lead_id: int) -> None:
    now = timezone.now()
    identifier = Identifier.objects.get(lead_id=lead_id)
    Event.objects.create(
        source=Source.objects.get(),
        message_id=f"one-more-{lead_id}",
        identifier=identifier,
        lead_id=lead_id,
        kind="ebook_downloaded",
        occurred_at=now,
        received_at=now,
    )


def _rescore(*options: str) -> Rescore:
    """Run the command and return how fast it says it was."""
    before = _children_cpu()
    printed = subprocess.run(
        [*MANAGE, "rescore", "--all", *options], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    found = re.search(r"([\d,.]+) events/s", printed)
    if found is None:
        raise SystemExit(f"`manage.py rescore --all` must print events/s, got {printed!r}")
    return Rescore(float(found[1].replace(",", "")), _children_cpu() - before)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _aggregate(events: int) -> float:
    """Return events a second of a sum a rule, in one process of the database."""
    rules = live_rule_set().rule_set.rules
    sums = ", ".join(f"sum({_worth(rule)}) FILTER (WHERE {_matches(rule)}) AS r{i}" for i, rule in enumerate(rules))
    raw = direct.connect()
    cursor = raw.cursor()
    if connection.vendor == "postgresql":
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    started = time.perf_counter()
    # One row for an answer, in which every sum has its part: a sum that nobody asks for is not computed.
    all_sums = ", ".join(f"sum(r{i})" for i in range(len(rules)))
    cursor.execute(f"SELECT {all_sums} FROM (SELECT lead_id, {sums} FROM {_table()} GROUP BY lead_id) scores")
    cursor.fetchone()
    seconds = time.perf_counter() - started
    raw.close()
    return events / seconds


def _table() -> str:
    return Event._meta.db_table


def _worth(rule: BehaviourRule) -> str:
    half_life = rule.half_life_days or NEVER_FADES
    if connection.vendor == "postgresql":
        days = "date_part('epoch', now() - occurred_at) / 86400"
    else:
        days = "(julianday('now') - julianday(occurred_at))"
    return f"{rule.points} * power(2, -{days} / {half_life})"


def _matches(rule: BehaviourRule) -> str:
    parts = [f"kind = '{rule.kind}'"]
    for condition in rule.conditions:
        name = condition.field.removeprefix("properties.")
        parts.append(f"properties ->> '{name}' LIKE '{condition.value}%'")
    return " AND ".join(parts)
