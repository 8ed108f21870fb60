"""The chart of a lead's score: a line, with marks where it crossed a threshold or entered a stage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django import template

from leads.models import Lead, Stage, StageChange
from leads.templatetags.wording import day_short
from scoring.qualification.explain import Explanation
from scoring.qualification.history import PastScore, score_history

register = template.Library()

LEFT, RIGHT, TOP, BOTTOM = 56, 422, 14, 94
MARKED = (Stage.MQL, Stage.SQL, Stage.CUSTOMER)
LABELS = 3
GLYPH = 14
# Of a score that oscillates around a threshold only the latest crossings are marked.
CROSSINGS_TOLD = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A label, glyph or dot: its text or stage, and its position."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Level:
    """A threshold: the stage that begins there, the points as text, and its height."""

    stage: Stage
    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """The score rose to a threshold, or fell below it."""

    stage: Stage
    at: datetime
    is_rise: bool
    y: float

    @property
    def words(self) -> str:
        """The crossing in words, for the dot's title and for screen readers."""
        return f"{'Rose to' if self.is_rise else 'Fell below'} the {self.stage.label} line, {day_short(self.at)}"


@register.inclusion_tag("scoring/_chart.html")
def score_chart(lead: Lead, explanation: Explanation, thresholds: Mapping[str, float]) -> Mapping[str, object]:
    """Render the last 60 days of a lead's score, or its whole life if that is shorter."""
    scores = score_history(lead, as_of=explanation.as_of)
    changes = StageChange.objects.filter(lead=lead, to_stage__in=MARKED, changed_at__gte=scores[0].at).order_by("id")
    points = [(_x(score.at, scores), _y(score.score)) for score in scores]
    levels = [Level(stage, f"{thresholds[stage]:g}", _y(thresholds[stage])) for stage in (Stage.MQL, Stage.SQL)]
    crossings = [crossing for level in levels for crossing in crossings_of(scores, level, thresholds[level.stage])]
    dots = [Mark(one.words, round(_x(one.at, scores), 1), one.y) for one in crossings]
    glyphs = [_glyph(change, scores) for change in changes]
    line = " ".join(f"{'M' if number == 0 else 'L'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(points))
    return {
        "line": line,
        "area": f"{line} L{RIGHT} {BOTTOM} L{LEFT} {BOTTOM} Z",
        "levels": levels,
        "dots": [dot for dot in dots if not any(_hides(glyph, dot) for glyph in glyphs)],
        "crossings": [one.words for one in sorted(crossings, key=lambda one: one.at)][-CROSSINGS_TOLD:],
        "days": _days(scores),
        "glyphs": glyphs,
        "first": scores[0],
        "last": scores[-1],
    }


def crossings_of(scores: Sequence[PastScore], level: Level, threshold: float) -> Iterator[Crossing]:
    """Yield the crossings of thresholds, with the score interpolated linearly; reaching a threshold counts as above."""
    for before, after in pairwise(scores):
        if (before.score < threshold) != (after.score < threshold):
            part = (threshold - before.score) / (after.score - before.score)
            at = before.at + (after.at - before.at) * part
            yield Crossing(level.stage, at, after.score > before.score, level.y)


def _hides(glyph: Mark, dot: Mark) -> bool:
    return max(abs(glyph.x + GLYPH / 2 - dot.x), abs(glyph.y + GLYPH / 2 - dot.y)) < GLYPH


def _x(moment: datetime, scores: Sequence[PastScore]) -> float:
    begin, end = scores[0].at, scores[-1].at
    part = (moment - begin).total_seconds() / max((end - begin).total_seconds(), 1)
    return LEFT + (RIGHT - LEFT) * min(max(part, 0), 1)


def _y(score: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * score / 100


def _days(scores: Sequence[PastScore]) -> list[Mark]:
    """Label days along the axis, each once; a short life has fewer."""
    step = (len(scores) - 1) / LABELS
    shown = [scores[round(step * number)].at for number in range(LABELS)]
    firsts = {_day(moment): moment for moment in reversed(shown)}
    return [Mark(text, round(_x(moment, scores), 1), 110) for text, moment in firsts.items()]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


def _glyph(change: StageChange, scores: Sequence[PastScore]) -> Mark:
    nearest = min(scores, key=lambda score: abs((score.at - change.changed_at).total_seconds()))
    return Mark(
        change.to_stage, round(_x(change.changed_at, scores) - GLYPH / 2, 1), round(_y(nearest.score) - GLYPH / 2, 1)
    )
