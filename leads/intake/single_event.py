"""The fast path for the most frequent case: a single event of a known visitor or lead, without new traits.

A visitor's event makes nothing due: one statement suffices, durable without a transaction. A lead's event takes
PostgreSQL one statement as well, inside a transaction because it is announced there. In any other case nothing is
stored here and the general path is taken; on SQLite every lead's event takes the general path.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from django.db import transaction

from leads import signals
from leads.events.catalog import UNSUBSCRIBED
from leads.events.record import EVENT
from leads.events.touch import TOUCH, touch_of, touching
from leads.identity.keys import ANONYMOUS_ID
from leads.intake.inbound import InboundEvent, Rejection
from leads.intake.traits import traits_by_message
from leads.models import Event, Source
from leads.prepared import Prepared
from leads.rows import JSON, as_time, by_bytes, for_update, is_postgresql

# A known person's browser sends user id, address and anonymous id with every event.
MOST_KEYS = 3


def is_single(inbound: Sequence[InboundEvent], rejected: Sequence[Rejection]) -> bool:
    """Return whether this is a single event that the fast path may take."""
    if len(inbound) != 1 or rejected:
        return False
    event = inbound[0]
    says_more = event.former_id or event.kind == UNSUBSCRIBED or traits_by_message(inbound)
    return len(event.keys) <= MOST_KEYS and not says_more


def take_in_single(source: Source, event: InboundEvent, *, now: datetime) -> Sequence[int] | None:
    """Store a single event durably and return its lead's id, or no id for a visitor's; None if it was not stored."""
    if len(event.keys) == 1 and event.keys[0][0] == ANONYMOUS_ID and _record_visit(source, event, now):
        return ()
    # The portable equivalent is the general path.
    return _record_known(source, event, now) if is_postgresql() else None


def _record_visit(source: Source, event: InboundEvent, now: datetime) -> bool:
    """Store an event if it is new and an unknown visitor's; return whether it was.

    The identifier is locked as for every event, so that the visitor does not become known meanwhile.
    """
    kind, value = event.keys[0]
    return bool(_visit().fetch({**_values(source, event, now), "key_kind": kind, "key_value": value}))


def _record_known(source: Source, event: InboundEvent, now: datetime) -> Sequence[int] | None:
    """Store an event if it is new and all its identifiers belong to one lead, and update that lead."""
    values = {**_values(source, event, now), **touch_of(event)}
    for number, (kind, value) in enumerate(event.keys):
        values[f"kind_{number}"], values[f"value_{number}"] = kind, value
    with transaction.atomic():
        lead_ids = [lead_id for (lead_id,) in _known(len(event.keys)).fetch(values)]
        if lead_ids:
            signals.events_recorded.send(sender=Event, lead_ids=lead_ids, now=now)
    return lead_ids or None


@cache
def _visit() -> Prepared:
    columns = ", ".join(_COLUMNS)
    sql = f"""
        INSERT INTO leads_event (identifier_id, {columns})
        SELECT visitor.id, {_places(_COLUMNS)}
        FROM (
            SELECT id FROM leads_identifier
            WHERE kind = %(key_kind)s AND value = %(key_value)s AND lead_id IS NULL {for_update()}
        ) AS visitor WHERE true
        ON CONFLICT (source_id, message_id) DO NOTHING RETURNING message_id
    """  # noqa: S608 - names of our own
    return Prepared("leadcrm_visit", sql, {**_COLUMNS, "key_kind": "text", "key_value": "text"})


@cache
def _known(keys: int) -> Prepared:
    """Return the statement for an event with this many identifiers.

    A lead created after the statement began is not visible to it; then the event is not stored here.
    """
    wanted = [f"(kind = %(kind_{number})s AND value = %(value_{number})s)" for number in range(keys)]
    key_types = {f"{part}_{number}": "text" for number in range(keys) for part in ("kind", "value")}
    columns = ", ".join(_COLUMNS)
    sql = f"""
        WITH locked AS MATERIALIZED (
            SELECT id, kind, value, lead_id FROM leads_identifier WHERE {" OR ".join(wanted)}
            ORDER BY {by_bytes("kind")}, {by_bytes("value")} {for_update()}
        ), owner AS MATERIALIZED (
            SELECT min(id) FILTER (WHERE {wanted[0]}) AS identifier_id, min(lead_id) AS lead_id FROM locked
            HAVING count(lead_id) = {keys} AND min(lead_id) = max(lead_id)
        ), touched AS (
            UPDATE leads_lead SET {touching("%(received_at)s")}
            FROM owner, (SELECT {_places(TOUCH, named=True)}) AS given
            WHERE leads_lead.id = owner.lead_id AND NOT EXISTS (
                SELECT 1 FROM leads_event WHERE source_id = %(source_id)s AND message_id = %(message_id)s
            ) RETURNING leads_lead.id
        )
        INSERT INTO leads_event (identifier_id, lead_id, {columns})
        SELECT owner.identifier_id, touched.id, {_places(_COLUMNS)} FROM owner, touched WHERE true
        ON CONFLICT (source_id, message_id) DO NOTHING RETURNING lead_id
    """  # noqa: S608 - names of our own
    return Prepared(f"leadcrm_known_{keys}", sql, {**_COLUMNS, **TOUCH, **key_types})


_COLUMNS = {
    "source_id": "bigint",
    "received_at": "timestamptz",
    **{name: kind for name, kind in EVENT.items() if name not in ("identifier_id", "lead_id")},
}


def _places(columns: Iterable[str], *, named: bool = False) -> str:
    return ", ".join(f"%({name})s AS {name}" if named else f"%({name})s" for name in columns)


def _values(source: Source, event: InboundEvent, now: datetime) -> dict[str, object]:
    return {
        "source_id": source.pk,
        "received_at": as_time(now),
        "message_id": event.message_id,
        "kind": event.kind,
        "name": event.name,
        "channel": event.channel,
        "occurred_at": as_time(event.occurred_at),
        "properties": JSON(event.properties),
        "signal": event.signal,
    }
