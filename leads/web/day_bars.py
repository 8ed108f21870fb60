"""A small bar chart of daily counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT = 48
STEP = 12  # a bar and the gap after it


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day's bar, at the bottom of a chart that is HEIGHT high."""

    day: date
    number: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class DayBars:
    """A chart: its bars, its width, the maximum and the sum."""

    bars: Sequence[DayBar]
    width: int
    most: int
    total: int


def day_bars(days: Sequence[tuple[date, int]]) -> DayBars:
    """Return the chart of these days; a day with any count shows at least a line."""
    most = max((number for _, number in days), default=0)
    heights = [max(2, round(HEIGHT * number / most)) if number else 0 for _, number in days]
    bars = [
        DayBar(day, number, place * STEP, HEIGHT - height, height)
        for place, ((day, number), height) in enumerate(zip(days, heights, strict=True))
    ]
    return DayBars(bars, len(days) * STEP, most, sum(number for _, number in days))
