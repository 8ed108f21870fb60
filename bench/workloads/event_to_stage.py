"""From one event over /v1/track to the new stage visible over REST, at a light load and at half of what it can take."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from bench import direct
from bench.client import Client
from bench.load import json_request, run_load
from bench.people import api_headers, make_reps
from bench.report import Line, quantile
from bench.servers import web_server, worker
from bench.traffic import (
    BATCH,
    HEADERS,
    LEADS,
    anonymous_id,
    batch_request,
    identify,
    make_known,
    make_source,
    track,
    user_id,
)
from bench.workloads.ingest_single import send_tracks
from leads.models import Identifier, Lead, Stage

SIZE = 300
LIMIT = "a visitor's event and one look at a lead"
RATE = 20.0  # measured events a second
PROBES = 16
WARM_UP = 40  # events before the first that is measured
LOOK_EVERY = 0.002  # seconds between two looks at the stage
CALIBRATION = 15  # times the size
SETTLES_WITHIN = 120.0


def run(size: int) -> None:
    """Measure and print a line for each load."""
    make_source()
    headers = api_headers(make_reps(1)[0])
    with web_server() as (port, _), worker():
        make_known(port)
        leads = _fresh_leads(port, 2 * size + WARM_UP)
        # Every thread's first request opens a connection and imports what it needs.
        _probe(port, headers, leads[2 * size :])
        light = _line("20 events/s", port, headers, leads[:size])
        rate = send_tracks(port, "/v1/track", 0, CALIBRATION * size).rate / 2
        _settle()
        with _background(port, rate - RATE):
            time.sleep(2)
            busy = _line(f"half the rate of ingest_single ({rate:.0f} events/s)", port, headers, leads[size : 2 * size])
    light.print()
    busy.print()


def _fresh_leads(port: int, count: int) -> list[tuple[str, int]]:
    """Let leads become known that nothing else is sent of; return their user ids and ids once they are scored."""
    numbers = range(LEADS, LEADS + count)
    calls = [identify(number) for number in numbers]
    requests = [batch_request({"batch": calls[start : start + BATCH]}) for start in range(0, count, BATCH)]
    run_load(port, requests).expect(200)
    _settle()
    ids = dict(Identifier.objects.filter(kind="user_id").values_list("value", "lead_id"))
    return [(user_id(number), ids[user_id(number)]) for number in numbers]


def _settle() -> None:
    """Wait until nothing is due."""
    deadline = time.monotonic() + SETTLES_WITHIN
    while Lead.objects.filter(scored_at=None).exists():
        if time.monotonic() > deadline:
            raise SystemExit(f"Leads must be scored within {SETTLES_WITHIN:.0f} s, some are not.")
        time.sleep(0.2)


@contextmanager
def _background(port: int, rate: float) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "bench.background", str(port), str(rate)], cwd=settings.BASE_DIR)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _line(load: str, port: int, headers: Mapping[str, str], leads: Sequence[tuple[str, int]]) -> Line:
    started = time.perf_counter()
    ours, limit = _probe(port, headers, leads)
    p50, limit_p50 = quantile(ours, 0.5), quantile(limit, 0.5)
    note = f"ms from sending demo_requested to stage sql over REST, at {load}; limit: {LIMIT}"
    return Line(
        "event_to_stage",
        len(leads),
        time.perf_counter() - started,
        RATE,
        1000 * p50,
        1000 * quantile(ours, 0.99),
        None,
        limit_p50 / p50,
        note,
        {
            "limit_p50_ms": round(1000 * limit_p50, 2),
            "limit_p99_ms": round(1000 * quantile(limit, 0.99), 2),
            "max_ms": round(1000 * max(ours), 1),
        },
    )


def _probe(port: int, headers: Mapping[str, str], leads: Sequence[tuple[str, int]]) -> tuple[list[float], list[float]]:
    """Return seconds until the new stage was seen, a lead each, and of as many round trips without scoring between."""
    ours: list[float] = []
    limit: list[float] = []
    start = time.perf_counter() + 0.2

    def work(probe: int) -> None:
        client, raw = Client(port, headers), direct.connect()
        cursor = raw.cursor()
        for number in range(probe, len(leads), PROBES):
            time.sleep(max(0.0, start + number / RATE - time.perf_counter()))
            ours.append(_until_sql(client, cursor, *leads[number]))
            limit.append(_without_scoring(client, leads[number][1], number))
        client.close()
        raw.close()

    threads = [threading.Thread(target=work, args=[probe]) for probe in range(PROBES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(ours) != len(leads):
        raise SystemExit(f"Every lead must become an SQL: {len(leads)} events, {len(ours)} seen.")
    return ours, limit


def _until_sql(client: Client, cursor: Any, user: str, lead_id: int) -> float:
    event = {**track(1), "userId": user, "event": "Demo Requested"}
    request = json_request("/v1/track", event, HEADERS)
    started = time.perf_counter()
    _accepted(client.send(request))
    _wait_for_sql(cursor, lead_id)
    seen = client.get(f"/api/leads/{lead_id}/")["stage"]
    if seen != Stage.SQL:
        raise SystemExit(f"Lead {lead_id} must be an SQL over REST, it is {seen}.")
    return time.perf_counter() - started


def _wait_for_sql(cursor: Any, lead_id: int) -> None:
    """Look into the database, which costs little, so that the looking does not slow down what is measured."""
    deadline = time.perf_counter() + SETTLES_WITHIN
    while time.perf_counter() < deadline:
        cursor.execute(f"SELECT stage FROM leads_lead WHERE id = {lead_id}")
        if cursor.fetchone()[0] == Stage.SQL:
            return
        time.sleep(LOOK_EVERY)
    raise SystemExit(f"Lead {lead_id} must become an SQL within {SETTLES_WITHIN:.0f} s, it did not.")


def _without_scoring(client: Client, lead_id: int, number: int) -> float:
    event = {**track(0), "anonymousId": anonymous_id(number)}
    request = json_request("/v1/track", event, HEADERS)
    started = time.perf_counter()
    _accepted(client.send(request))
    client.get(f"/api/leads/{lead_id}/")
    return time.perf_counter() - started


def _accepted(answer: tuple[int, bytes]) -> None:
    if answer[0] != 200:
        raise SystemExit(f"/v1/track must answer 200, got {answer[0]}: {answer[1][:200]!r}")
