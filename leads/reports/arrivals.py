"""Recent arrivals by source: events, and rejected ones with the reason.

Only the latest events are read, by id, which follows the order of arrival. An index by source would slow down every
event for a page that is rarely used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from leads.models import Event, RejectedEvent, Source

# How many of the latest events, over all sources, are read.
LOOKED_AT = 100_000
KINDS_FROM = 1_000
A_DAY = timedelta(days=1)

Row = Event | RejectedEvent


@dataclass(frozen=True, slots=True)
class Lately:
    """Recent arrivals of a source: the last event, and the numbers of the last 24 hours."""

    last_at: datetime | None = None
    events: int = 0
    rejected: int = 0


class Place(NamedTuple):
    """A position in the list, newest first: rows below these ids follow. 0 means above everything."""

    event_id: int = 0
    rejected_id: int = 0


TOP = Place()


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A page of arrivals, newest first, and the position of the next page, None at the end."""

    rows: Sequence[Row]
    older: Place | None


def lately(*, now: datetime) -> dict[int, Lately]:
    """Return the recent arrivals of each source, by its id; two statements."""
    recent = Q(received_at__gt=now - A_DAY)
    events = _recent_events().order_by().values_list("source_id")
    good = {
        source_id: (last_at, number)
        for source_id, last_at, number in events.annotate(last=Max("received_at"), number=Count("pk", filter=recent))
    }
    rejected = RejectedEvent.objects.filter(recent, source__isnull=False).order_by().values_list("source_id")
    bad = dict(rejected.annotate(number=Count("pk")))
    return {key: Lately(*good.get(key, (None, 0)), bad.get(key, 0)) for key in good.keys() | bad.keys()}


def arrivals_of(source: Source, *, show: str = "", kind: str = "", below: Place = TOP, size: int = 50) -> Arrivals:
    """Return what arrived from a source. show: "accepted", "rejected", or both. kind: limits accepted events."""
    events: list[Row] = []
    rejected: list[Row] = []
    if show != "rejected":
        events = _events_of(source, kind, below, size + 1)
    if show != "accepted" and not kind:
        rejected = _rejected_of(source, below, size + 1)
    # Each list stays ordered by its own id, so that rows committed slightly out of order are not skipped.
    rows = list(merge(events, rejected, key=_age))
    shown = rows[:size]
    return Arrivals(shown, _below(shown, below) if len(rows) > size else None)


def kinds_of(source: Source) -> list[str]:
    """Return the kinds of a source's latest events, sorted."""
    latest = _recent_events().filter(source=source).order_by("-pk").values_list("kind", flat=True)[:KINDS_FROM]
    return sorted(set(latest))


def has_all_in_view() -> bool:
    """Return whether the rows that are read include every event ever received."""
    return _newest_id() <= LOOKED_AT


def _newest_id() -> int:
    newest: int | None = Event.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def _recent_events() -> "QuerySet[Event]":
    return Event.objects.filter(pk__gt=_newest_id() - LOOKED_AT)


def _events_of(source: Source, kind: str, below: Place, number: int) -> list[Row]:
    events = _recent_events().filter(source=source)
    events = events.filter(kind=kind) if kind else events
    events = events.filter(pk__lt=below.event_id) if below.event_id else events
    return list(events.select_related("identifier", "lead").order_by("-pk")[:number])


def _rejected_of(source: Source, below: Place, number: int) -> list[Row]:
    rejected = RejectedEvent.objects.filter(source=source)
    rejected = rejected.filter(pk__lt=below.rejected_id) if below.rejected_id else rejected
    return list(rejected.defer("body").order_by("-pk")[:number])


def _age(row: Row) -> float:
    return -row.received_at.timestamp()


def _below(shown: Sequence[Row], above: Place) -> Place:
    """Return the position below the shown rows; a list without shown rows keeps its position."""
    event_ids = [row.pk for row in shown if isinstance(row, Event)]
    rejected_ids = [row.pk for row in shown if isinstance(row, RejectedEvent)]
    return Place(min(event_ids, default=above.event_id), min(rejected_ids, default=above.rejected_id))
