"""Take back an event that a person had written down by mistake: the one way in which an event goes away again."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.events.catalog import BOOKKEEPING
from leads.events.due import mark_due
from leads.events.record import time_key
from leads.models import Event, Identifier, Lead

# Events of one moment that compete for being the last; more than one is rare.
COMPARED = 20


@transaction.atomic
def withdraw_event(event: Event, *, now: datetime) -> bool:
    """Delete an event and let its lead forget it, due for scoring; tell whether it was still there.

    Under the lock of its identifier, as events are stored, so that it is not moved to another lead meanwhile.
    """
    Identifier.objects.select_for_update().filter(pk=event.identifier_id).first()
    current = Event.objects.filter(pk=event.pk).first()
    if current is None:
        return False
    current.delete()
    if current.lead_id is not None:
        mark_due([current.lead_id], now=now)
        _forget(current.lead_id, time_key(current.occurred_at, current.message_id))
    return True


def _forget(lead_id: int, forgotten: str) -> None:
    """Set what a lead knows of its last and its first activity by the events that it still has."""
    lead = Lead.objects.only("created_at", "attribute_times").get(pk=lead_id)
    events = Event.objects.filter(lead_id=lead_id).exclude(kind__in=BOOKKEEPING)
    latest = list(events.order_by("-occurred_at", "-pk").values_list("occurred_at", "kind")[:COMPARED])
    last_at, last_kind = max(latest, default=(lead.created_at, ""))
    columns: dict[str, Any] = {"last_event_at": last_at, "last_event_kind": last_kind}
    if lead.attribute_times.get("source") == forgotten:
        times = {name: time for name, time in lead.attribute_times.items() if name != "source"}
        earliest = list(
            events.order_by("occurred_at", "pk").values_list("occurred_at", "message_id", "channel")[:COMPARED]
        )
        first_at, message_id, channel = min(earliest, default=(None, "", ""))
        if first_at is not None:
            times["source"] = time_key(first_at, message_id)
        columns |= {"source": channel, "attribute_times": times}
    Lead.objects.filter(pk=lead_id).update(**columns)
