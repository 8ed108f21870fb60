"""Parse a PostHog client's request into the same events as the tracking API's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.posthog.message import calls_of
from leads.channels.tracking.body import type_name
from leads.channels.tracking.clock import read_time
from leads.channels.tracking.event import EMPTY, Envelope, read_event
from leads.channels.tracking.parse import MOST_BYTES_OF_AN_EVENT, Parsed, refuse_large, text_of
from leads.channels.tracking.rejected import EventRejected
from leads.intake.inbound import InboundEvent, Rejection


def parse_posthog(body: Mapping[str, Any], *, size: int, now: datetime, agent: str = "") -> Parsed:
    """Return the events of a request; an invalid one is rejected alone, with its reason.

    size: bytes of the unpacked body. agent: the User-Agent if a browser sent it.
    """
    envelope = Envelope(context=EMPTY, sent_at=read_time(body.get("sent_at")), agent=agent, now=now)
    events: list[InboundEvent] = []
    rejected: list[Rejection] = []
    for said in body["batch"]:
        try:
            events += _read(said, envelope, may_be_large=size > MOST_BYTES_OF_AN_EVENT)
        except EventRejected as error:
            rejected.append(Rejection(str(error), text_of(said)))
    return Parsed(events, rejected)


def _read(said: Any, envelope: Envelope, *, may_be_large: bool) -> list[InboundEvent]:
    if not isinstance(said, dict):
        raise EventRejected(f"An event must be an object, got {type_name(said)}.")
    if may_be_large:
        refuse_large(said)
    return [read_event(message, call, envelope) for call, message in calls_of(said, now=envelope.now)]
