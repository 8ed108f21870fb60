"""The gains curves of a backtest as lines: buyers found against leads contacted, the best score first."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from django import template

from scoring.whatif.backtest import Backtest, Found

register = template.Library()

LEFT, RIGHT, TOP, BOTTOM = 36, 392, 12, 132
# A curve has as many points as there are different scores; the eye sees so many.
MOST_POINTS = 120
# The words beside the line where the draft's SQLs end stand on its other side, where there is no room.
ROOM = 0.68


@register.inclusion_tag("scoring/_gains.html")
def gains_chart(backtest: Backtest) -> Mapping[str, object]:
    """Draw the curves of live and draft, or of live alone; nothing where there are too few buyers for a rate."""
    tuned = backtest.tuned
    part = tuned.contacted.hits / tuned.contacted.cases if tuned.contacted.cases else 0.0
    shown = [backtest.live, *([backtest.draft] if backtest.draft else [])]
    return {
        "former": _line(backtest.live) if backtest.draft else "",
        "tuned": _line(tuned),
        "versions": (backtest.live.version, tuned.version),
        "sql_x": round(_x(part), 1),
        "sql_share": round(part * 100),
        "is_left": part > ROOM,
        "found": [(found.version, round(100 * _at(found.curve, 0.2))) for found in shown],
        "box": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM, "middle": (TOP + BOTTOM) // 2},
    }


def _line(found: Found) -> str:
    step = max(1, len(found.curve) // MOST_POINTS)
    points = [*found.curve[:-1:step], *found.curve[-1:]]
    return " ".join(f"{'L' if number else 'M'}{_x(x):.1f} {_y(y):.1f}" for number, (x, y) in enumerate(points))


def _x(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _at(curve: Sequence[tuple[float, float]], x: float) -> float:
    """Return the share of buyers among this share of leads, on the straight line between two points."""
    for (x1, y1), (x2, y2) in pairwise(curve):
        if x1 <= x <= x2 and x2 > x1:
            return y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return 0.0
