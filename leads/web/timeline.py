"""A lead's timeline: its events, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from leads.channels.calls import Outcome, may_take_back
from leads.events.catalog import BOOKKEEPING, CATALOG, channel_of, is_hand_raise, is_voluntary, label_of
from leads.events.channels import CHANNELS
from leads.models import Event, Lead, Signal, User
from leads.people.keyset import Order, Page, page_of, read_cursor

PAGE_SIZE = 20
NEWEST_FIRST = Order(("occurred_at",), is_descending=True)
# The properties that describe an event best, in order of preference.
TELLING = (
    "message",
    "title",
    "webinar",
    "topic",
    "form",
    "asset",
    "campaign",
    "subject",
    "product",
    "plan",
    "note",
    "path",
    "url",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An event in the timeline. begins_day: the first one shown of its local day.

    may_take_back: the user logged it and may delete it. conversation: the chat that the event came from, whose
    transcript can be opened.
    """

    event: Event
    label: str
    detail: str
    is_strong: bool
    is_held: bool
    begins_day: bool
    may_take_back: bool
    conversation: UUID | None


def timeline_page(lead: Lead, *, channel: str, after: str) -> Page[Event]:
    """Return a page of a lead's events, of one channel unless that is "". Raises BadCursor."""
    events = Event.objects.filter(lead=lead).exclude(kind__in=BOOKKEEPING).select_related("source")
    if channel:
        events = events.filter(kind__in=kinds_of(channel))
    return page_of(events, NEWEST_FIRST, after=after, size=PAGE_SIZE)


def moments(events: Sequence[Event], *, reader: User, shown_day: date | None = None) -> list[Moment]:
    """Return events as timeline entries. shown_day: the last day on the page above."""
    shown: list[Moment] = []
    last_day = shown_day
    for event in events:
        this_day = timezone.localdate(event.occurred_at)
        shown.append(_moment(event, reader, begins_day=this_day != last_day))
        last_day = this_day
    return shown


def day_above(after: str) -> date | None:
    """Return the local day of the event above a page; None for the first page."""
    moment = read_cursor(after, NEWEST_FIRST)[0] if after else None
    return timezone.localdate(moment) if isinstance(moment, datetime) else None


def kinds_of(channel: str) -> list[str]:
    """Return the catalog's kinds that belong to a channel."""
    return [kind.key for kind in CATALOG if kind.channel == channel and not kind.is_bookkeeping]


def channel_choices(current: str) -> list[tuple[str, str, bool]]:
    """Return value, label and selection of the timeline's filter."""
    used = {channel_of(kind.key) for kind in CATALOG}
    choices = [("", "All channels"), *((key, channel.label) for key, channel in CHANNELS.items() if key in used)]
    return [(value, label, value == current) for value, label in choices]


def _moment(event: Event, reader: User, *, begins_day: bool) -> Moment:
    return Moment(
        event,
        label=_label(event),
        detail=_detail(event),
        is_strong=is_hand_raise(event.kind) or is_voluntary(event.kind, event.properties),
        is_held=event.signal != Signal.NONE,
        begins_day=begins_day,
        may_take_back=may_take_back(event, reader),
        conversation=_conversation(event),
    )


def _label(event: Event) -> str:
    label, minutes = label_of(event.kind, event.name), event.properties.get("minutes")
    return f"{label}, {minutes} min" if isinstance(minutes, int) and minutes else label


def _conversation(event: Event) -> UUID | None:
    """Return the conversation id in an event of our own chat; in other events it can't be trusted."""
    name = event.properties.get("conversation")
    try:
        return UUID(name) if event.channel == "chat" and isinstance(name, str) else None
    except ValueError:
        return None


def _detail(event: Event) -> str:
    found = [event.properties[name] for name in TELLING if isinstance(event.properties.get(name), str | int)]
    told = [_outcome(event.properties.get("outcome")), str(found[0])[:200] if found else ""]
    by = event.properties.get("logged_by")
    told.append(f"Logged by {by}"[:200] if isinstance(by, str) else "")
    return ". ".join(part.rstrip(".") for part in told if part)


def _outcome(outcome: object) -> str:
    """Return how a call ended, unless the parties talked, which goes without saying."""
    return Outcome(outcome).label if outcome in Outcome.values and outcome != Outcome.TALKED else ""
