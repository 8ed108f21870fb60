"""Working hours, during which the clock of a waiting lead runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Monday to Friday from `starts` to `ends` o'clock (0..24) in one time zone."""

    zone: ZoneInfo
    starts: int
    ends: int

    def add_minutes(self, moment: datetime, minutes: float) -> datetime:
        """Return the time this many working minutes after `moment`, in UTC."""
        left = timedelta(minutes=minutes)
        while True:
            opens, closes = self._next_span(moment)
            begin = max(moment, opens)
            if begin + left <= closes:
                return (begin + left).astimezone(UTC)
            left -= closes - begin
            moment = closes

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """Return the working seconds between two moments; 0 if `end` is not later."""
        passed, moment = timedelta(0), start
        while moment < end:
            opens, closes = self._next_span(moment)
            passed += max(min(closes, end) - max(opens, moment), timedelta(0))
            moment = closes
        return passed.total_seconds()

    def _next_span(self, moment: datetime) -> tuple[datetime, datetime]:
        """Return when sales next opens and closes: the span that ends after `moment`, both in UTC."""
        day = moment.astimezone(self.zone).date()
        while True:
            midnight = datetime.combine(day, time(0), self.zone)
            # Wall-clock hours: when the clocks change, sales still opens at its usual time.
            opens, closes = ((midnight + timedelta(hours=hour)).astimezone(UTC) for hour in (self.starts, self.ends))
            if day.weekday() < SATURDAY and closes > moment:
                return opens, closes
            day += timedelta(days=1)


def sales_hours() -> WorkingHours:
    """Return the working hours in the settings."""
    return WorkingHours(ZoneInfo(settings.SALES_TIME_ZONE), settings.SALES_DAY_STARTS, settings.SALES_DAY_ENDS)


def respond_by(became_sql_at: datetime) -> datetime:
    """Return by when a lead that became an SQL at that time should be claimed."""
    return sales_hours().add_minutes(became_sql_at, settings.CLAIM_TARGET_MINUTES)
