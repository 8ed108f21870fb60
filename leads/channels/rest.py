"""Events recorded over REST: the tracking API's track call with REST field names, one source per user."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.tracking.event import Envelope, read_event
from leads.errors import InvalidValue
from leads.identity.keys import STRENGTH
from leads.intake.inbound import InboundEvent
from leads.intake.sources import new_write_key
from leads.models import Lead, Source, User


def source_for(user: User, *, now: datetime) -> Source:
    """Return the source for events recorded by a user's programs."""
    made = {"write_key": new_write_key(), "is_channel": True, "created_at": now}
    return Source.objects.get_or_create(name=f"REST: {user.username}"[:100], defaults=made)[0]


def read_rest_event(said: Mapping[str, Any], *, now: datetime) -> InboundEvent:
    """Return the event in a request: `event`, whom it is about, and optionally a time, an id, properties.

    Whom: `lead` (a Lead) or identifiers. Raises a LeadError for invalid values.
    """
    lead = said.get("lead")
    whom = _strongest(lead) if lead is not None else said
    message = {
        "event": said["event"],
        "userId": whom.get("user_id"),
        "anonymousId": whom.get("anonymous_id"),
        "messageId": said.get("message_id"),
        "timestamp": said["occurred_at"].isoformat() if "occurred_at" in said else None,
        "properties": said.get("properties", {}),
        "context": {"traits": {name: whom[name] for name in ("email", "phone") if whom.get(name)}},
    }
    return read_event(message, "track", Envelope(context={}, sent_at=None, agent="", now=now))


def _strongest(lead: Lead) -> dict[str, str]:
    """Return the strongest identifier given."""
    known = sorted(lead.identifiers.values_list("kind", "value"), key=lambda key: (STRENGTH[key[0]], key[1]))
    if not known:
        raise InvalidValue(f"Lead {lead.pk} has no identifier that an event could name.")
    return dict(known[:1])
