"""Parse one message of the tracking API into an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from leads.channels.address import path_of
from leads.channels.tracking.agent import is_bot
from leads.channels.tracking.body import type_name
from leads.channels.tracking.campaign import with_campaign
from leads.channels.tracking.clock import occurred_at, read_time
from leads.channels.tracking.rejected import EventRejected
from leads.events.catalog import EMAIL_FIELDS, PHONE_FIELDS, channel_of, kind_of
from leads.identity.keys import ANONYMOUS_ID, EMAIL, PHONE, STRENGTH, USER_ID, Key, normal_email, normal_phone
from leads.intake.inbound import InboundEvent
from leads.people.traits import FORM_KINDS

LONGEST_ID = 300
LONGEST_MESSAGE_ID = 100
LONGEST_NAME = 200
DEEPEST = 20
NESTING = (dict, list)
# Ids that broken clients send for unknown users; as identifiers they would merge all of them into one lead.
NO_IDS = frozenset({"", "null", "undefined", "none", "nan", "[object object]"})
EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a request says about all its messages. agent: the User-Agent if a browser sent it."""

    context: Mapping[str, Any]
    sent_at: datetime | None
    agent: str
    now: datetime


def read_event(message: Mapping[str, Any], call: str, envelope: Envelope) -> InboundEvent:
    """Return the event of a message of the call `identify`, `track`, ... Raises EventRejected."""
    context = _context(message, envelope)
    kind, name, properties = _READERS[call](message, context)
    _refuse_deep(properties)
    agent = context.get("userAgent") or envelope.agent
    return InboundEvent(
        message_id=_message_id(message),
        kind=kind,
        name=name[:LONGEST_NAME],
        channel=channel_of(kind),
        occurred_at=occurred_at(
            message.get("originalTimestamp") or message.get("timestamp"),
            read_time(message.get("sentAt")) or envelope.sent_at,
            now=envelope.now,
        ),
        keys=_keys(message, call, kind, properties, context),
        properties=properties,
        signal="bot_agent" if agent and isinstance(agent, str) and is_bot(agent) else "",
        former_id=_id(message, "previousId") if call == "alias" else "",
    )


Told = tuple[str, str, Mapping[str, Any]]


def _track(message: Mapping[str, Any], context: Mapping[str, Any]) -> Told:
    name = message.get("event")
    if not isinstance(name, str) or not name.strip():
        raise EventRejected(f"track needs the event's name in `event`, got {type_name(name)}.")
    name = name[:LONGEST_NAME]
    return kind_of(name), name, _with_page(_object(message, "properties"), context)


def _page(message: Mapping[str, Any], context: Mapping[str, Any]) -> Told:
    properties = _with_page(_object(message, "properties"), context)
    name = message.get("name") or properties.get("title") or properties.get("name")
    return "page_viewed", name if isinstance(name, str) else "", properties


def _identify(message: Mapping[str, Any], context: Mapping[str, Any]) -> Told:
    # RudderStack's Python and browser clients send them only in the context.
    traits = _object(message, "traits") or context.get("traits")
    return "identified", "", traits if isinstance(traits, dict) else EMPTY


def _group(message: Mapping[str, Any], context: Mapping[str, Any]) -> Told:
    group_id = _id(message, "groupId")
    if not group_id:
        raise EventRejected("group needs the group's id in `groupId`.")
    return "grouped", "", {**_object(message, "traits"), "group_id": group_id}


def _alias(message: Mapping[str, Any], context: Mapping[str, Any]) -> Told:
    previous_id, user_id = _id(message, "previousId"), _id(message, "userId")
    if not previous_id or not user_id:
        raise EventRejected("alias needs both `previousId` and `userId`.")
    return "aliased", "", {"previous_id": previous_id, "user_id": user_id}


_READERS = {
    "track": _track,
    "page": _page,
    "screen": _page,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}
CALLS = frozenset(_READERS)


def _keys(
    message: Mapping[str, Any], call: str, kind: str, properties: Mapping[str, Any], context: Mapping[str, Any]
) -> tuple[Key, ...]:
    """Return the identifiers in a message, strongest first."""
    keys: list[Key] = []
    if user_id := _id(message, "userId"):
        keys.append((USER_ID, user_id))
    traits = properties if call == "identify" else context.get("traits")
    contacts = _contacts(traits, ("email",), ("phone",)) if isinstance(traits, dict) else {}
    if kind in FORM_KINDS:
        # Browser clients send the known traits with every call; typed fields fill in the gaps.
        contacts = {**_contacts(properties, EMAIL_FIELDS, PHONE_FIELDS), **contacts}
    keys += sorted(contacts.items(), key=lambda key: STRENGTH[key[0]])
    if anonymous_id := _id(message, "anonymousId"):
        keys.append((ANONYMOUS_ID, anonymous_id))
    if call == "alias" and (ANONYMOUS_ID, previous_id := _id(message, "previousId")) not in keys:
        keys.append((ANONYMOUS_ID, previous_id))
    if not keys:
        raise EventRejected("An event needs a userId or an anonymousId.")
    return tuple(keys)


def _contacts(fields: Mapping[str, Any], email_fields: Sequence[str], phone_fields: Sequence[str]) -> dict[str, str]:
    """Return the first e-mail address and the first phone number among the fields, by kind of identifier."""
    emails = (normal_email(fields[name]) for name in email_fields if isinstance(fields.get(name), str))
    phones = (normal_phone(fields[name]) for name in phone_fields if isinstance(fields.get(name), str))
    found = ((EMAIL, next(filter(None, emails), "")), (PHONE, next(filter(None, phones), "")))
    return {kind: value for kind, value in found if value}


def _id(message: Mapping[str, Any], field: str) -> str:
    """Return an id as text, "" if there is none. Raises EventRejected for an invalid one."""
    value = message.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EventRejected(f"{field} must be a string or a number, got {type_name(value)}.")
    text = str(value).strip()
    if len(text) > LONGEST_ID:
        raise EventRejected(f"{field} must have at most {LONGEST_ID} characters, got {len(text)}.")
    return "" if text.lower() in NO_IDS else text


def _message_id(message: Mapping[str, Any]) -> str:
    value = message.get("messageId")
    if value is None or value == "":
        return f"made-{uuid4()}"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise EventRejected(f"messageId must be a string, got {type_name(value)}.")
    text = str(value)
    if len(text) > LONGEST_MESSAGE_ID:
        raise EventRejected(f"messageId must have at most {LONGEST_MESSAGE_ID} characters, got {len(text)}.")
    return text


def _context(message: Mapping[str, Any], envelope: Envelope) -> Mapping[str, Any]:
    context = message.get("context")
    if not isinstance(context, dict):
        return envelope.context
    return {**envelope.context, **context} if envelope.context else context


def _object(message: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = message.get(field)
    if value is None:
        return EMPTY
    if not isinstance(value, dict):
        raise EventRejected(f"{field} must be an object, got {type_name(value)}.")
    return value


def _with_page(properties: Mapping[str, Any], context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return properties with the page's path and campaign filled in from the context."""
    page = context.get("page")
    page = page if isinstance(page, dict) else EMPTY
    properties = with_campaign(properties, context, page)
    if isinstance(properties.get("path"), str):
        return properties
    path = path_of(properties.get("url")) or page.get("path") or path_of(page.get("url"))
    return {**properties, "path": path[:2000]} if path and isinstance(path, str) else properties


def _refuse_deep(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise EventRejected(f"properties and traits may be nested {DEEPEST} levels deep.")
    for item in value.values() if isinstance(value, dict) else value:
        if item.__class__ in NESTING:
            _refuse_deep(item, depth + 1)
