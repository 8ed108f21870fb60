"""A hundred events a request, 16 connections, durable before the answer."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from bench import direct
from bench.cpu import Costs
from bench.load import Load, run_load
from bench.report import Line, middle, quantile
from bench.rounds import ROUNDS, alternate
from bench.servers import web_server, worker
from bench.traffic import BATCH, VISIT, batch, batch_request, make_known, make_source
from leads.events.catalog import channel_of, kind_of
from leads.models import Event, Identifier

SIZE = 200_000
CONNECTIONS = 16
COLUMNS = ("source_id", "message_id", "identifier_id", "lead_id", "kind", "name", "channel", "occurred_at",
           "received_at", "properties", "signal")  # fmt: skip
TYPES = ("bigint", "text", "bigint", "bigint", "text", "text", "text", "timestamptz", "timestamptz", "jsonb", "text")
LIMIT = "the same rows by one multi-row INSERT a batch into the same table"

Owners = Mapping[str, tuple[int, int | None]]


def run(size: int) -> None:
    """Measure and print."""
    source_id = make_source().pk
    each = max(CONNECTIONS, size // BATCH // ROUNDS)
    with web_server() as (port, web_pid), worker() as worker_pid:
        make_known(port)
        costs = Costs(web_pid, worker_pid)
        owners = {value: (pk, lead) for pk, value, lead in Identifier.objects.values_list("pk", "value", "lead_id")}
        stored = Event.objects.count()
        ours, limit = alternate(
            lambda number: costs.of(lambda: _send(port, number * each, each)),
            lambda number: _insert(source_id, owners, (ROUNDS + number) * each, each),
        )
    sent = each * BATCH * ROUNDS
    stored = Event.objects.count() - stored
    if stored != 2 * sent:
        raise SystemExit(f"Every event must be stored once: sent {2 * sent}, stored {stored}.")
    _line(sent, ours, limit, costs.per_thing(sent)).print()


def _send(port: int, first: int, count: int) -> Load:
    requests = [batch_request(batch(number * BATCH)) for number in range(first, first + count)]
    load = run_load(port, requests, connections=CONNECTIONS)
    load.expect(200)
    return load


def _insert(source_id: int, owners: Owners, first: int, count: int) -> float:
    """Insert as many batches straight into the database; return events a second."""
    batches = [batch(number * BATCH)["batch"] for number in range(first, first + count)]
    rows = [[_row(call, source_id, owners, timezone.now()) for call in calls] for calls in batches]
    statements = _statements(rows)
    seconds = direct.execute_all(statements, CONNECTIONS, lambda _: None)
    return count * BATCH / seconds


def _row(call: Mapping[str, Any], source_id: int, owners: Owners, now: datetime) -> tuple[Any, ...]:
    identifier_id, lead_id = owners[call.get("userId") or call["anonymousId"]]
    kind = kind_of(call["event"])
    return (
        source_id, call["messageId"], identifier_id, lead_id, kind, call["event"], channel_of(kind), now, now,
        json.dumps(call["properties"]), "",
    )  # fmt: skip


def _statements(batches: list[list[tuple[Any, ...]]]) -> list[direct.Statement]:
    """Return a statement a batch, with its values in it already, so that only the database works."""
    table, names = Event._meta.db_table, ", ".join(COLUMNS)
    if connection.vendor != "postgresql":
        places = ", ".join([f"({', '.join('?' * len(COLUMNS))})"] * BATCH)
        insert = f"INSERT INTO {table} ({names}) VALUES {places} ON CONFLICT DO NOTHING"
        return [(insert, [_plain(value) for row in rows for value in row]) for rows in batches]
    arrays = ", ".join(f"%s::{kind}[]" for kind in TYPES)
    insert = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"
    with direct.connect() as raw, raw.cursor() as cursor:
        return [(cursor.mogrify(insert, [list(column) for column in zip(*rows, strict=True)]), ()) for rows in batches]


def _plain(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _line(sent: int, ours: list[Load], limit: list[float], cpu: dict[str, int]) -> Line:
    latencies = [latency for load in ours for latency in load.latencies]
    rate, limit_rate = middle([load.rate * BATCH for load in ours]), middle(limit)
    return Line(
        "ingest_batch",
        sent,
        sum(load.seconds for load in ours),
        rate,
        1000 * quantile(latencies, 0.5),
        1000 * quantile(latencies, 0.99),
        limit_rate,
        rate / limit_rate,
        f"events/s, {BATCH} a request, {CONNECTIONS} connections, {BATCH // VISIT} people a batch, a quarter leads, "
        f"worker beside it; "
        f"limit: {LIMIT}, {direct.most_connections(CONNECTIONS)} connections",
        {"cpu_us": cpu},
    )
