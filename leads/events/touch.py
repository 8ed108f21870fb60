"""Update leads after new events: the latest activity, the source that brought them, and due scores."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from leads import signals
from leads.events.catalog import BOOKKEEPING
from leads.events.record import EventRow
from leads.models import Event
from leads.prepared import Prepared
from leads.rows import JSON, as_list, as_time, by_bytes, given_in, listed, text_in, with_text


class Activity(Protocol):
    """An event, reduced to what its lead needs."""

    @property
    def message_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def time_key(self) -> str: ...


# The latest and the earliest event of a lead, with the PostgreSQL types.
TOUCH = {
    "last_at": "timestamptz",
    "last_kind": "text",
    "first_key": "text",
    "first_channel": "text",
}


def touch_leads(events: Iterable[EventRow], *, now: datetime) -> list[int]:
    """Mark the leads of these events due and set their last and first activity; return their ids. One UPDATE.

    The latest event by occurred_at is the last activity and the channel of the earliest one is the lead's source, in
    whatever order they arrive. If there are several leads, call this while they are locked.
    """
    spans: dict[int, _Span] = {}
    for event in events:
        if event.lead_id is not None:
            spans.setdefault(event.lead_id, _Span()).include(event)
    if not spans:
        return []
    rows = [{"lead_id": lead_id, **span.row()} for lead_id, span in spans.items()]
    _touch().run({"now": as_time(now), "rows": JSON(rows), "lead_ids": as_list(spans)})
    signals.events_recorded.send(sender=Event, lead_ids=sorted(spans), now=now)
    return sorted(spans)


@cache
def _touch() -> Prepared:
    table = given_in("%(rows)s", {"lead_id": "bigint", **TOUCH})
    # The ids are given again as a list, which is looked up one by one; a join alone might scan all leads.
    sql = f"""
        UPDATE leads_lead SET {touching("%(now)s")} FROM {table}
        WHERE leads_lead.id = given.lead_id AND {listed("leads_lead.id", "%(lead_ids)s")}
    """  # noqa: S608 - names of our own
    return Prepared("leadcrm_touch", sql, {"now": "timestamptz", "rows": "jsonb", "lead_ids": "bigint[]"})


def touch_of(event: Activity) -> dict[str, Any]:
    """Return the columns of TOUCH for one event."""
    span = _Span()
    span.include(event)
    return span.row()


class _Span:
    """The first and the last activity of a lead."""

    __slots__ = ("first", "last")

    def __init__(self) -> None:
        self.first: Activity | None = None
        self.last: Activity | None = None

    def include(self, event: Activity) -> None:
        if event.kind in BOOKKEEPING:
            return
        at, first, last = event.occurred_at, self.first, self.last
        if last is None or at > last.occurred_at or (at == last.occurred_at and event.kind > last.kind):
            self.last = event
        if first is None or at < first.occurred_at or (at == first.occurred_at and event.message_id < first.message_id):
            self.first = event

    def row(self) -> dict[str, Any]:
        first, last = self.first, self.last
        return {
            "last_at": as_time(last.occurred_at) if last else None,
            "last_kind": last.kind if last else "",
            "first_key": first.time_key if first else None,
            "first_channel": first.channel if first else "",
        }


@cache
def touching(now: str) -> str:
    """Return the SET clause of an UPDATE of leads from a table `given` with the columns of TOUCH."""
    is_last = f"""given.last_at IS NOT NULL AND (
        leads_lead.last_event_kind = '' OR given.last_at > leads_lead.last_event_at
        OR (given.last_at = leads_lead.last_event_at AND given.last_kind > {by_bytes("leads_lead.last_event_kind")}))"""
    # A source set by hand has no time and is never replaced by an event's.
    known_since = f"""COALESCE({text_in("leads_lead.attribute_times", "source")},
        CASE WHEN leads_lead.source = '' THEN '~' ELSE '' END)"""
    is_first = f"given.first_key < {known_since}"
    times = with_text("leads_lead.attribute_times", "source", "given.first_key")
    return f"""
            score_due_at = {now}, facts_version = leads_lead.facts_version + 1,
            last_event_at = CASE WHEN {is_last} THEN given.last_at ELSE leads_lead.last_event_at END,
            last_event_kind = CASE WHEN {is_last} THEN given.last_kind ELSE leads_lead.last_event_kind END,
            source = CASE WHEN {is_first} THEN given.first_channel ELSE leads_lead.source END,
            attribute_times = CASE WHEN {is_first} THEN {times} ELSE leads_lead.attribute_times END"""
