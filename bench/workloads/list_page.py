"""The lead list, filtered and sorted, fifty rows: page 1, page 1,000 and a search by name, at several sizes."""

import time
from urllib.parse import quote

from django.core.management import call_command

from bench.client import Client
from bench.people import make_reps, session_headers
from bench.report import Line, middle, quantile
from bench.rows import make_leads
from bench.servers import web_server
from leads.models import Lead
from leads.people.keyset import Order, write_cursor

SIZE = 100_000
SMALL = 1_000
PAGE = 50
FAR_PAGE = 1_000
TIMES = 60
# All but the newest leads, the highest score first.
FILTERED = "/leads/?stage=engaged&stage=mql&sort=-score"
BY_SCORE = Order(("score",), is_descending=True)
SEARCHED = "okafor 7"

Pages = dict[str, list[float]]


def run(size: int) -> None:
    """Measure at 1,000 leads and then at each size up to the one asked for; print a line for each but the first."""
    call_command("collectstatic", verbosity=0, interactive=False)
    headers = session_headers(make_reps(1)[0])
    sizes = sorted({SMALL, *(step for step in (10_000, 100_000) if step < size), max(size, SMALL + 1)})
    stored, small = 0, None
    with web_server() as (port, _):
        client = Client(port, headers)
        for count in sizes:
            make_leads(stored + 1, count)
            stored = count
            started = time.perf_counter()
            pages = _measure(client)
            if small is None:
                small = pages
                continue
            _line(count, time.perf_counter() - started, pages, small).print()
        client.close()


def _measure(client: Client) -> Pages:
    """Return the seconds of each kind of page, taken in turns."""
    paths = {
        "page_1": FILTERED,
        "page_1000": f"{FILTERED}&after={_cursor()}",
        "search": f"/leads/?q={quote(SEARCHED)}",
    }
    for path in paths.values():
        client.time(path)
    pages: Pages = {name: [] for name in paths}
    for _ in range(TIMES):
        for name, path in paths.items():
            pages[name].append(client.time(path))
    return pages


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
        f"ms of /leads/ by two stages and score, signed in, {PAGE} rows; ratio: ms at {count:,} leads / at {SMALL:,}",
        figures,
    )
