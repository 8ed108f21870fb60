"""The lead list, filtered and sorted, fifty rows: page 1, page 1,000 and a search by name, at several sizes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command

from bench.client import Client
from bench.people import make_reps, session_headers
from bench.place import ROOT, own_place
from bench.report import Line, middle, quantile
from bench.rows import RARE, RARE_NAME, make_leads
from bench.servers import web_server
from bench.small_list import SIZE as SMALL
from leads.models import Lead
from leads.people.keyset import Order, write_cursor

SIZE = 100_000
PAGE = 50
FAR_PAGE = 1_000
TIMES = 100
WARM_UP = 5
# All but the newest leads, the highest score first.
FILTERED = "/leads/?stage=engaged&stage=mql&sort=-score"
BY_SCORE = Order(("score",), is_descending=True)

SEARCHED = f"/leads/?q={RARE_NAME.lower()}"

Pages = dict[str, list[float]]


def run(size: int) -> None:
    """Measure at each size up to the one asked for, beside a list of 1,000 leads; print a line each."""
    call_command("collectstatic", verbosity=0, interactive=False)
    headers = session_headers(make_reps(1)[0])
    sizes = sorted({*(step for step in (10_000, 100_000) if step < size), max(size, SMALL + 1)})
    stored = 0
    with _small_list() as small, web_server() as server:
        client = Client(server.port, headers)
        for count in sizes:
            make_leads(stored + 1, count)
            stored = count
            _measure(count, client, small).print()
        client.close()


@contextmanager
def _small_list() -> Iterator[Client]:
    """Serve a list of 1,000 leads from a database of its own; give a client that is signed in there."""
    with own_place() as place:
        command = [sys.executable, "-m", "bench.small_list"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=place.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            served = json.loads(process.stdout.readline())
            client = Client(served["port"], served["headers"])
            yield client
            client.close()
        finally:
            process.communicate(timeout=60)


def _measure(count: int, client: Client, small: Client) -> Line:
    """Time each kind of page here and at 1,000 leads, in turns."""
    here = {"page_1": FILTERED, "page_1000": f"{FILTERED}&after={_cursor()}", "search": SEARCHED}
    there = {"page_1": FILTERED, "page_1000": FILTERED, "search": SEARCHED}
    ours: Pages = {name: [] for name in here}
    limit: Pages = {name: [] for name in here}
    began = time.perf_counter()
    for turn in range(WARM_UP + TIMES):
        for name in here:
            if turn % 2:
                theirs, mine = small.time(there[name]), client.time(here[name])
            else:
                mine, theirs = client.time(here[name]), small.time(there[name])
            if turn >= WARM_UP:
                ours[name].append(mine)
                limit[name].append(theirs)
    return _line(count, time.perf_counter() - began, ours, limit)


def _cursor() -> str:
    """Return the address part that page 1,000, or the last page where there are fewer, begins behind."""
    leads = Lead.objects.current().filter(stage__in=("engaged", "mql")).order_by(*BY_SCORE.names())
    pages = min(FAR_PAGE, leads.count() // PAGE) - 1
    return write_cursor(BY_SCORE.key_of(leads[pages * PAGE - 1]))


def _line(count: int, seconds: float, pages: Pages, small: Pages) -> Line:
    ours, limit = middle(pages["page_1"]), middle(small["page_1"])
    figures: dict[str, object] = {}
    for name in pages:
        figures[f"{name}_ms"] = round(1000 * middle(pages[name]), 2)
        figures[f"{name}_ms_at_1000"] = round(1000 * middle(small[name]), 2)
        figures[f"{name}_ratio"] = round(middle(pages[name]) / middle(small[name]), 2)
    return Line(
        "list_page",
        count,
        seconds,
        1 / ours,
        1000 * ours,
        1000 * quantile(pages["page_1"], 0.99),
        1 / limit,
        ours / limit,
        f"ms of /leads/ by two stages and score, signed in, {PAGE} rows; ratio: ms at {count:,} leads / at {SMALL:,}; "
        f"search finds {RARE} leads by name",
        figures,
    )
