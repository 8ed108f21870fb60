"""Store events. Each event is stored once, however often it is sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import IntegrityError

from leads.bulk import constraint_of, write_rows
from leads.models import Event
from leads.prepared import Prepared
from leads.rows import JSON, as_time, given_in, insert_rows

KEPT_OF_A_REJECTED_EVENT = 32_768


# The columns of an event, with their PostgreSQL types.
EVENT = {
    "message_id": "text",
    "identifier_id": "bigint",
    "lead_id": "bigint",
    "kind": "text",
    "name": "text",
    "channel": "text",
    "occurred_at": "timestamptz",
    "properties": "jsonb",
    "signal": "text",
}


class EventRow(NamedTuple):
    """A row of the events table, without its source. lead_id: the identifier's lead, None for a visitor's."""

    message_id: str
    identifier_id: int
    lead_id: int | None
    kind: str
    name: str
    channel: str
    occurred_at: datetime
    properties: Mapping[str, Any]
    signal: str

    @property
    def time_key(self) -> str:
        """Comparable text by which, of two events that say something different, the later one is believed."""
        return time_key(self.occurred_at, self.message_id)


def time_key(occurred_at: datetime, message_id: str) -> str:
    """Return the comparable text of a UTC time, ties broken by the message id."""
    return f"{occurred_at.isoformat(timespec='microseconds')[:26]}|{message_id}"


class SentAgain(Exception):
    """Some of the events are stored already: the transaction must be restarted, checking each event."""


def record_new_events(source_id: int, events: Sequence[EventRow], *, now: datetime) -> set[str]:
    """Store events on the fast path and return their message ids; otherwise like `record_events`.

    Raises SentAgain, which aborts the transaction, if one of them is stored already.
    """
    try:
        write_rows(Event, tuple(EVENT), events, source_id=source_id, received_at=now)
    except IntegrityError as error:
        if constraint_of(error) != "event_once":
            raise
        raise SentAgain from error
    return {event.message_id for event in events}


def record_events(source_id: int, events: Sequence[EventRow], *, now: datetime) -> set[str]:
    """Store events in one statement and return the message ids that are new.

    `events` contains each message id once. Call inside a transaction that has locked their identifiers.
    """
    values = {"source_id": source_id, "received_at": as_time(now), "rows": JSON([_row(event) for event in events])}
    return {row[0] for row in _insert().fetch(values)}


@cache
def _insert() -> Prepared:
    names = ", ".join(EVENT)
    # Without a WHERE before it, SQLite parses ON CONFLICT as part of a join.
    sql = f"""
        INSERT INTO leads_event (source_id, received_at, {names})
        SELECT %(source_id)s, %(received_at)s, {names} FROM {given_in("%(rows)s", EVENT)} WHERE true
        ON CONFLICT (source_id, message_id) DO NOTHING RETURNING message_id
    """  # noqa: S608 - names of our own
    return Prepared("leadcrm_events", sql, {"source_id": "bigint", "received_at": "timestamptz", "rows": "jsonb"})


def stored_already(source_id: int, message_ids: Collection[str]) -> set[str]:
    """Return those of these message ids that are stored."""
    stored = Event.objects.filter(source_id=source_id, message_id__in=message_ids)
    return set(stored.values_list("message_id", flat=True))


def record_rejections(source_id: int, rejected: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Store rejected events, given as (reason, body)."""
    received_at = as_time(now)
    rows = [
        {
            "source_id": source_id,
            "received_at": received_at,
            "reason": reason[:300],
            "body": body[:KEPT_OF_A_REJECTED_EVENT],
        }
        for reason, body in rejected
    ]
    insert_rows("leads_rejectedevent", rows, source_id="bigint", received_at="timestamptz", reason="text", body="text")


def _row(event: EventRow) -> dict[str, Any]:
    return {
        "message_id": event.message_id,
        "identifier_id": event.identifier_id,
        "lead_id": event.lead_id,
        "kind": event.kind,
        "name": event.name,
        "channel": event.channel,
        "occurred_at": as_time(event.occurred_at),
        "properties": event.properties,
        "signal": event.signal,
    }
