"""A full rescore: every lead scored again from its events."""

import re
import resource
import subprocess
import time

from django.conf import settings
from django.db import connection
from django.utils import timezone

from bench import direct
from bench.report import Line, middle
from bench.rounds import alternate
from bench.rows import make_leads
from bench.servers import MANAGE
from bench.spread import Spread
from leads.models import Event, Identifier, Lead, Source
from scoring.engine.facts import BehaviourRule
from scoring.qualification.rescore import rescore_leads
from scoring.rules.default import add_default_rule_set
from scoring.rules.live import live_rule_set

SIZE = 100_000
EVENTS = 20
ROUNDS = 3
SINGLE_LEADS, SINGLE_EVENTS, WARM_UP = 200, 200, 20
LIMIT = "one SQL aggregate over the same events, one process, one FILTER a rule"
NEVER_FADES = 1e9  # days


def run(size: int) -> None:
    """Measure and print."""
    add_default_rule_set(now=timezone.now())
    make_leads(1, size, events=EVENTS)
    total = Event.objects.count()
    began = time.perf_counter()
    ours, limit = alternate(lambda _: _rescore(), lambda _: _aggregate(total), ROUNDS)
    unscored = Lead.objects.filter(scored_at=None).count()
    if unscored:
        raise SystemExit(f"Every lead must be scored, {unscored} are not.")
    rules = len(live_rule_set().rule_set.rules)
    rate, limit_rate = middle([rate for rate, _ in ours]), middle(limit)
    Line(
        "rescore",
        size,
        time.perf_counter() - began,
        rate,
        None,
        None,
        limit_rate,
        rate / limit_rate,
        f"events/s of `manage.py rescore --all`, one process, {EVENTS} events a lead, {rules} rules; limit: {LIMIT}; "
        f"two_workers: after publishing, two Celery processes beside one; one_lead_ms: with its event "
        f"number {SINGLE_EVENTS}",
        {
            "leads_per_second": round(rate / EVENTS),
            "events_per_python_cpu_second": round(total / middle([cpu for _, cpu in ours])),
            **_spread(),
            "one_lead_ms": round(_one_lead_ms(size), 2),
        },
    ).print()


def _spread() -> dict[str, float | None]:
    """Return how many times as fast two of Celery's processes are as one after publishing; what each takes, MB."""
    if not settings.REDIS_URL:
        return {"two_workers": None, "worker_mb": None}
    spread = Spread()
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


def _rescore() -> tuple[float, float]:
    """Return events a second as the command says, and the seconds of CPU that its own process used, start included."""
    before = _children_cpu()
    printed = subprocess.run([*MANAGE, "rescore", "--all"], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.search(r"([\d,.]+) events/s", printed)
    if found is None:
        raise SystemExit(f"`manage.py rescore --all` must print events/s, got {printed!r}")
    return float(found[1].replace(",", "")), _children_cpu() - before


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
