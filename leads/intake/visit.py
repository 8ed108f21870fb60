"""The event that comes in most often: a visitor whom nobody knows, seen before, has looked at something.

It says nothing about anybody and makes nothing due, so that one statement is all there is to do.
"""

from collections.abc import Sequence
from datetime import datetime

from leads.identity.keys import ANONYMOUS_ID
from leads.intake.inbound import InboundEvent, Rejection
from leads.intake.words import sayings_of
from leads.models import Source
from leads.rows import JSON, as_time, fetch, for_update


def may_be_visit(inbound: Sequence[InboundEvent], rejected: Sequence[Rejection]) -> bool:
    """Tell whether these events are no more than one that may be an unknown visitor's."""
    if len(inbound) != 1 or rejected:
        return False
    event = inbound[0]
    return len(event.keys) == 1 and event.keys[0][0] == ANONYMOUS_ID and not sayings_of(inbound)


def record_visit(source: Source, event: InboundEvent, *, now: datetime) -> bool:
    """Store an event if it is a visit and new; tell whether it was. Durable on return, without a transaction around it.

    Like every event it is stored under the lock of its identifier, so that nobody becomes known meanwhile.
    """
    sql = f"""
        INSERT INTO leads_event (source_id, received_at, message_id, identifier_id, kind, name, channel, occurred_at,
                                 properties, signal)
        SELECT %s, %s, %s, visitor.id, %s, %s, %s, %s, %s, %s
        FROM (
            SELECT id FROM leads_identifier WHERE kind = %s AND value = %s AND lead_id IS NULL {for_update()}
        ) AS visitor WHERE true
        ON CONFLICT (source_id, message_id) DO NOTHING RETURNING message_id
    """  # noqa: S608 - names of our own
    parameters = [
        source.pk,
        as_time(now),
        event.message_id,
        event.kind,
        event.name,
        event.channel,
        as_time(event.occurred_at),
        JSON(event.properties),
        event.signal,
        *event.keys[0],
    ]
    return bool(fetch(sql, parameters))
