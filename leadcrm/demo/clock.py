"""When demo events happen: mostly during working hours, up to a few minutes ago."""

from bisect import bisect
from datetime import UTC, datetime, timedelta
from itertools import accumulate

DAY = 86_400.0

# How much of a day's activity falls into each hour, UTC.
_HOURS = (1, 1, 1, 1, 1, 2, 5, 12, 22, 27, 26, 22, 19, 24, 25, 22, 17, 12, 10, 10, 9, 6, 3, 2)
_UNTIL = [part / sum(_HOURS) for part in accumulate(_HOURS)]


class DemoClock:
    """Turns an age in days into a time before `now`.

    Ages decide what happens and `now` only when, so the demo tells the same story at whatever hour it is made.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now.timestamp()
        self._midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
        self._weekday = now.weekday()

    def moment(self, age: float) -> float:
        """Return POSIX seconds for an age in days; ages of a day or more fall into that day's waking hours."""
        if age < 1:
            return self.now - age * DAY
        days, part = divmod(age, 1)
        return self._day(int(days)) + _hour(part) * 3600

    def _day(self, days: int) -> float:
        """Return the start of the day that many days back; two of three weekend days become the Friday before."""
        weekday = (self._weekday - days) % 7
        if weekday >= 5 and days % 3:
            days += weekday - 4
        return (self._midnight - timedelta(days=days)).timestamp()


def _hour(part: float) -> float:
    """Return the hour of the day, 0..24, before which that part of a day's activity happens."""
    hour = min(bisect(_UNTIL, part), 23)
    before = _UNTIL[hour - 1] if hour else 0.0
    return hour + (part - before) / (_UNTIL[hour] - before)
