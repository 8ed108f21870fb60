"""A lead's stage as a pill, and its score as a split bar with ticks at the thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from leads.models import Lead, Stage

register = template.Library()

RADIUS = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """The geometry of a score bar: SVG paths and x positions in px; the bar is 6 px high from y = 2."""

    width: int
    fit: str
    behaviour: str
    ticks: tuple[float, ...]


@register.simple_tag
@cache
def pill(stage: str, size: str = "") -> SafeString:
    """Render a stage: glyph, name and colour. size: "" or "large". Cached, since a list repeats the same few."""
    return render_to_string("components/pill.html", {"stage": stage, "label": Stage(stage).label, "size": size})


@register.inclusion_tag("components/score.html")
def score(lead: Lead, thresholds: Mapping[str, float] | None, width: int = 64) -> Mapping[str, object]:
    """Render a score: its number and a bar split into fit and behaviour.

    thresholds: from scoring's {% thresholds %}, None while no rule set is live.
    """
    bar = bar_of(lead.fit, lead.behaviour, thresholds, width)
    return {"lead": lead, "bar": bar, "thresholds": thresholds}


def bar_of(fit: float, behaviour: float, thresholds: Mapping[str, float] | None, width: int) -> Bar:
    """Return the geometry of a bar in which 100 points are `width` px wide."""
    fit_end = round(width * fit / 100, 1)
    end = round(width * (fit + behaviour) / 100, 1)
    ticks = [thresholds[name] for name in ("mql", "sql")] if thresholds else []
    return Bar(
        width,
        fit=_rounded_left(fit_end) if fit_end > 0 else "",
        behaviour=_rounded_right(fit_end + 1 if fit_end > 0 else 0, end) if end > fit_end else "",
        ticks=tuple(round(width * tick / 100, 1) for tick in ticks),
    )


def _rounded_left(end: float) -> str:
    turn = min(RADIUS, end)
    return f"M{turn:g} 2H{end:g}V8H{turn:g}A{turn:g} 3 0 0 1 {turn:g} 2Z"


def _rounded_right(start: float, end: float) -> str:
    turn = max(end - RADIUS, start)
    return f"M{start:g} 2H{turn:g}A{max(end - turn, 0.1):g} 3 0 0 1 {turn:g} 8H{start:g}Z"
