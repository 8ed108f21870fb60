"""The dashboard: funnel, sources, and response times of sales. Every number links to its leads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10
from typing import TypedDict
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.models import Stage
from leads.reports.funnel import SourceLine, sources, stage_counts
from leads.reports.response import ClaimTimes, claim_times
from leads.web.access import EVERYONE, roles_required

PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days"}
DEFAULT_PERIOD = "30"
FEWEST_CASES = 30  # with fewer cases no percentage is shown
KEPT = 60  # seconds
HEIGHT = 84
QUICK_BARS = 3
LABELS = {Stage.NEW: "Leads", Stage.CUSTOMER: "Customers"}
OF = {Stage.NEW: "leads", Stage.ENGAGED: "engaged", Stage.MQL: "MQLs", Stage.SQL: "SQLs", Stage.CLAIMED: "claimed"}


class Figures(TypedDict):
    """The data of one period."""

    as_of: datetime
    now: dict[str, int]
    before: dict[str, int]
    sources: list[SourceLine]
    times: ClaimTimes


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A stage of the funnel. share and change: percent, None with too few cases. shape: an SVG path on 100 x 84."""

    stage: str
    label: str
    number: int
    before: int
    change: int | None
    share: float | None
    share_of: str
    shape: str
    opacity: float
    query: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the histogram of claim times, on 360 x 112."""

    label: str
    number: int
    x: int
    y: int
    height: int
    is_on_time: bool

    @property
    def middle(self) -> int:
        """The x position of its labels."""
        return self.x + 27


@roles_required(*EVERYONE)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the figures of the last 7, 30 or 90 days compared with the period before."""
    asked = request.GET.get("days", DEFAULT_PERIOD)
    days = asked if asked in PERIODS else DEFAULT_PERIOD
    figures = _kept_figures(int(days))
    context = {
        **figures,
        "days": days,
        "periods": PERIODS.items(),
        "problem": "" if asked == days else f"There is no period of “{asked[:20]}” days. Showing {PERIODS[days]}.",
        "since": figures["as_of"] - timedelta(days=int(days)),
        "steps": funnel_steps(figures["now"], figures["before"], days),
        "bars": histogram_bars(figures["times"]),
        "most": max((line.leads for line in figures["sources"]), default=1),
        "fewest": FEWEST_CASES,
    }
    return render(request, "leads/dashboard.html", context)


def _kept_figures(days: int) -> Figures:
    """Return the figures, cached for at most a minute, because counting a million leads takes a while."""
    key = f"dashboard-{days}"
    figures: Figures | None = cache.get(key)
    if figures is None:
        figures = _figures(days, timezone.now())
        cache.set(key, figures, KEPT)
    return figures


def _figures(days: int, now: datetime) -> Figures:
    since = now - timedelta(days=days)
    return {
        "as_of": now,
        "now": stage_counts(since=since, until=now),
        "before": stage_counts(since=since - timedelta(days=days), until=since),
        "sources": sources(since=since, until=now),
        "times": claim_times(since=since, until=now),
    }


def funnel_steps(now: dict[str, int], before: dict[str, int], days: str) -> list[FunnelStep]:
    """Return the funnel's steps from left to right; heights are on a log scale."""
    stages = list(now)
    heights = [_height(number, max(now.values())) for number in now.values()]
    return [
        FunnelStep(
            stage,
            LABELS.get(Stage(stage), Stage(stage).label),
            now[stage],
            before[stage],
            change=_percent(now[stage] - before[stage], before[stage]),
            share=_share(now[stage], now[stages[place - 1]]) if place else None,
            share_of=OF[Stage(stages[place - 1])] if place else "",
            shape=_shape(heights[place], heights[min(place + 1, len(stages) - 1)]),
            opacity=round(0.2 + 0.8 * place / (len(stages) - 1), 2),
            query=urlencode({"created": days} if place == 0 else {"reached": stage, "reached_within": days}),
        )
        for place, stage in enumerate(stages)
    ]


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole >= FEWEST_CASES else None


def _share(part: int, whole: int) -> float | None:
    """Return a percentage with one digit. It can exceed 100 only because older leads move on."""
    return round(100 * part / whole, 1) if whole >= FEWEST_CASES and part <= whole else None


def _height(number: int, most: int) -> float:
    return HEIGHT * log10(number + 1) / log10(most + 1) if most else 0


def _shape(left: float, right: float) -> str:
    top, next_top = (HEIGHT - left) / 2, (HEIGHT - right) / 2
    bottom, next_bottom = HEIGHT - top, HEIGHT - next_top
    return (
        f"M0 {top:.1f} H78 C90 {top:.1f} 90 {next_top:.1f} 100 {next_top:.1f} "
        f"V{next_bottom:.1f} C90 {next_bottom:.1f} 90 {bottom:.1f} 78 {bottom:.1f} H0 Z"
    )


def histogram_bars(times: ClaimTimes) -> list[Bar]:
    """Return the bars of the time to claim; the first three are below half an hour."""
    most = max((number for _, number in times.histogram), default=0)
    heights = [round(70 * number / most) if most else 0 for _, number in times.histogram]
    return [
        Bar(label, number, 3 + place * 60, 92 - heights[place], heights[place], is_on_time=place < QUICK_BARS)
        for place, (label, number) in enumerate(times.histogram)
    ]
