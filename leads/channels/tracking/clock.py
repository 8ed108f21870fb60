"""The time of an event, corrected to the server's clock."""

from datetime import UTC, datetime
from typing import Any

from leads.channels.tracking.rejected import EventRejected

FIRST_YEAR = 1970


def occurred_at(original: Any, sent_at: datetime | None, *, now: datetime) -> datetime:
    """Return when an event happened: UTC, not later than now. Raises EventRejected.

    The client's clock may be wrong; its error follows from when the client says that it sent the event: now - (sent -
    original). Without `sent_at` the client's time is used as it is; without any time the event happened now.
    """
    if original is None or original == "":
        return now
    happened = read_time(original)
    if happened is None:
        raise EventRejected(f"timestamp must be an ISO 8601 time, got {str(original)[:60]!r}.")
    try:
        corrected = now - (sent_at - happened) if sent_at is not None else happened
    except OverflowError:
        corrected = happened
    if corrected >= now:
        return now
    if corrected.year < FIRST_YEAR:
        raise EventRejected(f"timestamp must not be before {FIRST_YEAR}, got {str(original)[:60]!r}.")
    return corrected


def read_time(value: Any) -> datetime | None:
    """Return an ISO 8601 time in UTC, also assumed if there is no zone; None if it is not one."""
    if value is None or not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
