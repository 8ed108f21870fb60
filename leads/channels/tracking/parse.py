"""Parse a request of the tracking API; an invalid event is rejected alone, with its reason."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.channels.tracking.body import BodyRefused, type_name
from leads.channels.tracking.clock import read_time
from leads.channels.tracking.event import CALLS, EMPTY, Envelope, read_event
from leads.channels.tracking.rejected import EventRejected
from leads.intake.inbound import InboundEvent, Rejection
from leads.rows import JSON

BATCH = "batch"
MOST_EVENTS = 2500
MOST_BYTES_OF_AN_EVENT = 32 * 1024


@dataclass(frozen=True, slots=True)
class Parsed:
    """The events of a request, and the rejected ones."""

    events: Sequence[InboundEvent]
    rejected: Sequence[Rejection]


def parse(
    body: Mapping[str, Any], call: str, *, size: int, now: datetime, sent_at: object = None, agent: str = ""
) -> Parsed:
    """Return the events of a request to the call `identify`, `track`, ... or `batch`. Raises BodyRefused.

    size: bytes of the unpacked body. sent_at: the SentAt header. agent: the User-Agent if a browser sent it.
    """
    context = body.get("context") if call == BATCH else None
    envelope = Envelope(
        context=context if isinstance(context, dict) else EMPTY,
        sent_at=read_time(body.get("sentAt")) or read_time(sent_at),
        agent=agent,
        now=now,
    )
    events: list[InboundEvent] = []
    rejected: list[Rejection] = []
    for message, its_call in _messages(body, call):
        try:
            events.append(_read(message, its_call, envelope, may_be_large=size > MOST_BYTES_OF_AN_EVENT))
        except EventRejected as error:
            rejected.append(Rejection(str(error), text_of(message)))
    return Parsed(events, rejected)


def _messages(body: Mapping[str, Any], call: str) -> Iterator[tuple[Any, Any]]:
    """Yield each message with the name of its call."""
    if call != BATCH:
        yield body, call
        return
    batch = body.get("batch")
    if not isinstance(batch, list):
        raise BodyRefused("invalid_batch", f"`batch` must be a list of events, got {type_name(batch)}.")
    if len(batch) > MOST_EVENTS:
        raise BodyRefused("too_many_events", f"A batch must have at most {MOST_EVENTS:,} events, got {len(batch):,}.")
    for message in batch:
        yield message, message.get("type") if isinstance(message, dict) else None


def _read(message: Any, call: Any, envelope: Envelope, *, may_be_large: bool) -> InboundEvent:
    if not isinstance(message, dict):
        raise EventRejected(f"An event must be an object, got {type_name(message)}.")
    if not isinstance(call, str) or call not in CALLS:
        raise EventRejected(f"type must be one of {', '.join(sorted(CALLS))}, got {str(call)[:60]!r}.")
    if may_be_large:
        refuse_large(message)
    return read_event(message, call, envelope)


def refuse_large(message: Any) -> None:
    """Raise EventRejected for an event over the limit."""
    size = len(JSON(message).encode())
    if size > MOST_BYTES_OF_AN_EVENT:
        raise EventRejected(f"An event must have at most {MOST_BYTES_OF_AN_EVENT:,} bytes, got {size:,}.")


def text_of(message: Any) -> str:
    """Return an event's JSON, for display with its rejection."""
    try:
        return json.dumps(message, ensure_ascii=False)
    except RecursionError as error:
        raise BodyRefused("invalid_json", "The body is nested too deep.") from error
