"""The course of a lead's score as a line, with a glyph where it entered a stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django import template

from leads.models import Lead, Stage, StageChange
from scoring.qualification.explain import Explanation
from scoring.qualification.history import PastScore, score_history

register = template.Library()

LEFT, RIGHT, TOP, BOTTOM = 28, 422, 14, 94
MARKED = (Stage.MQL, Stage.SQL, Stage.CUSTOMER)
LABELS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A label or glyph: its text or stage, and where it stands."""

    text: str
    x: float
    y: float


@register.inclusion_tag("scoring/_chart.html")
def score_chart(lead: Lead, explanation: Explanation, thresholds: Mapping[str, float]) -> Mapping[str, object]:
    """Draw the last 60 days of a lead's score, or as many as it has."""
    scores = score_history(lead, as_of=explanation.as_of)
    changes = StageChange.objects.filter(lead=lead, to_stage__in=MARKED, changed_at__gte=scores[0].at).order_by("id")
    points = [(_x(score.at, scores), _y(score.score)) for score in scores]
    line = " ".join(f"{'M' if number == 0 else 'L'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(points))
    return {
        "line": line,
        "area": f"{line} L{RIGHT} {BOTTOM} L{LEFT} {BOTTOM} Z",
        "levels": [Mark(f"{thresholds[name]:g}", LEFT, _y(thresholds[name])) for name in ("mql", "sql")],
        "days": _days(scores),
        "glyphs": [_glyph(change, scores) for change in changes],
        "first": scores[0],
        "last": scores[-1],
    }


def _x(moment: datetime, scores: Sequence[PastScore]) -> float:
    begin, end = scores[0].at, scores[-1].at
    part = (moment - begin).total_seconds() / max((end - begin).total_seconds(), 1)
    return LEFT + (RIGHT - LEFT) * min(max(part, 0), 1)


def _y(score: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * score / 100


def _days(scores: Sequence[PastScore]) -> list[Mark]:
    """Name days along the axis, each once; a short life has fewer."""
    step = (len(scores) - 1) / LABELS
    shown = [scores[round(step * number)].at for number in range(LABELS)]
    firsts = {_day(moment): moment for moment in reversed(shown)}
    return [Mark(text, round(_x(moment, scores), 1), 110) for text, moment in firsts.items()]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def _glyph(change: StageChange, scores: Sequence[PastScore]) -> Mark:
    nearest = min(scores, key=lambda score: abs((score.at - change.changed_at).total_seconds()))
    return Mark(change.to_stage, round(_x(change.changed_at, scores) - 7, 1), round(_y(nearest.score) - 7, 1))
