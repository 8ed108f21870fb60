"""Delete an event that a person logged by mistake: the only way an event is ever deleted."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.events.catalog import BOOKKEEPING
from leads.events.due import mark_due
from leads.events.record import time_key
from leads.models import Event, Identifier, Lead

# How many events of the same moment are compared as the last one; more than one is rare.
COMPARED = 20


@transaction.atomic
def withdraw_event(event: Event, *, now: datetime) -> bool:
    """Delete an event and update its lead, due for scoring; return whether it still existed.

    Holds the lock of its identifier, as storing events does, so that it is not moved to another lead meanwhile.
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
    """Set a lead's last and first activity from its remaining events."""
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
