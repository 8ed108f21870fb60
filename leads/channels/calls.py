"""Calls with a lead, logged by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction

from leads.audit.record import record_audit
from leads.errors import InvalidValue, LeadError, NotOwner
from leads.events.catalog import channel_of, label_of
from leads.events.withdraw import withdraw_event
from leads.identity.known import strongest_key
from leads.intake.inbound import InboundEvent
from leads.intake.sources import channel_source
from leads.intake.take_in import take_in
from leads.models import Event, Lead, Role, User

SOURCE = "Calls"
LONGEST_NOTE = 2000
MOST_MINUTES = 24 * 60


class Direction(models.TextChoices):
    """Who called whom."""

    IN = "in", "They called us"
    OUT = "out", "We called"


class Outcome(models.TextChoices):
    """How a call ended."""

    TALKED = "talked", "Talked"
    CALLBACK = "callback", "Call back agreed"
    VOICEMAIL = "voicemail", "Left a message"
    NO_ANSWER = "no_answer", "Nobody answered"
    WRONG_NUMBER = "wrong_number", "Wrong person"


# Nobody was reached, so the call says little about the lead.
MISSED = (Outcome.NO_ANSWER, Outcome.WRONG_NUMBER)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as logged. minutes: 0 if not noted. token: of the form, so that a repeated submission counts once."""

    direction: Direction
    outcome: Outcome
    minutes: int
    note: str
    at: datetime
    token: UUID

    @property
    def kind(self) -> str:
        """The kind of event of this call."""
        if self.direction == Direction.OUT:
            return "call_made"
        return "call_missed" if self.outcome in MISSED else "call_received"


def new_token() -> UUID:
    """Return a token that identifies one logged call."""
    return uuid4()


def log_call(lead: Lead, call: Call, *, by: User, now: datetime) -> Event:
    """Store a call with a lead and return its event; sending the same call again changes nothing.

    Raises InvalidValue for a call in the future, and for a lead without identifiers.
    """
    if call.at > now:
        raise InvalidValue(f"A call can't be in the future, got {call.at:%Y-%m-%d %H:%M} UTC.")
    key = strongest_key(lead.pk)
    if key is None:
        raise InvalidValue(f"{lead.display_name} has neither an address nor a number that a call could be noted under.")
    source, kind = channel_source(SOURCE, now=now), call.kind
    event = InboundEvent(
        message_id=f"call:{call.token}",
        kind=kind,
        name=label_of(kind),
        channel=channel_of(kind),
        occurred_at=call.at.astimezone(UTC),
        keys=(key,),
        properties=_properties(call, by),
    )
    take_in(source, [event], now=now)
    return Event.objects.get(source=source, message_id=event.message_id)


@transaction.atomic
def take_back_call(event: Event, *, by: User, now: datetime) -> None:
    """Delete a call that was logged by mistake; the lead's score is computed without it.

    Raises NotOwner for anyone except its author and managers; LeadError if it is already gone.
    """
    if not may_take_back(event, by):
        raise NotOwner("Only who logged a call, a manager or an admin takes it back.")
    if not withdraw_event(event, now=now):
        raise LeadError("This call was taken back already.")
    record_audit("call taken back", f"lead {event.lead_id}", by=by, now=now)


def may_take_back(event: Event, user: User) -> bool:
    """Return whether an event (with its source loaded) is a call that this user may delete."""
    if event.source.name != SOURCE:
        return False
    return event.properties.get("logged_by_id") == user.pk or user.role in (Role.MANAGER, Role.ADMIN)


def _properties(call: Call, by: User) -> dict[str, Any]:
    told = {"minutes": call.minutes, "note": call.note}
    known = {name: value for name, value in told.items() if value}
    return {
        "direction": call.direction.value,
        "outcome": call.outcome.value,
        **known,
        "logged_by": str(by),
        "logged_by_id": by.pk,
    }
