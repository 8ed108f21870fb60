"""One event a request, 16 connections, durable before the answer."""

from bench.cpu import Costs
from bench.empty_urls import PATH
from bench.load import Load, json_request, run_load
from bench.report import Line, middle, quantile
from bench.rounds import ROUNDS, alternate
from bench.servers import empty_server, web_server, worker
from bench.traffic import HEADERS, make_known, make_source, track
from leads.models import Event

SIZE = 20_000
CONNECTIONS = 16
LIMIT = "the same server answering an empty view behind a normal page's middleware"


def run(size: int) -> None:
    """Measure and print."""
    make_source()
    each = max(CONNECTIONS, size // ROUNDS)
    with web_server() as web, empty_server() as empty, worker() as worker_pid:
        make_known(web.port)
        costs, empty_costs = Costs(web.pid, worker_pid), Costs(empty.pid, worker_pid)
        stored = Event.objects.count()
        ours, limit = alternate(
            lambda number: costs.of(lambda: send_tracks(web.port, "/v1/track", number * each, each)),
            lambda number: empty_costs.of(lambda: send_tracks(empty.port, PATH, number * each, each)),
        )
    sent = each * ROUNDS
    stored = Event.objects.count() - stored
    if stored != sent:
        raise SystemExit(f"Every event must be stored once: sent {sent}, stored {stored}.")
    _line(sent, ours, limit, {**costs.per_thing(sent), "limit_web": empty_costs.per_thing(sent)["web"]}).print()


def send_tracks(port: int, path: str, first: int, count: int, connections: int = CONNECTIONS) -> Load:
    """Send so many events, a request each."""
    requests = [json_request(path, track(number), HEADERS) for number in range(first, first + count)]
    load = run_load(port, requests, connections=connections)
    load.expect(200)
    return load


def _line(sent: int, ours: list[Load], limit: list[Load], cpu: dict[str, int]) -> Line:
    latencies = [latency for load in ours for latency in load.latencies]
    rate, limit_rate = middle([load.rate for load in ours]), middle([load.rate for load in limit])
    generator = middle([load.generator_seconds / len(load.latencies) for load in ours])
    return Line(
        "ingest_single",
        sent,
        sum(load.seconds for load in ours),
        rate,
        1000 * quantile(latencies, 0.5),
        1000 * quantile(latencies, 0.99),
        limit_rate,
        rate / limit_rate,
        f"requests/s, {CONNECTIONS} connections, 2 processes of 8 threads, a quarter of the events by leads, "
        f"worker beside it; limit: {LIMIT}",
        {"cpu_us": {**cpu, "generator": round(1e6 * generator)}},
    )
