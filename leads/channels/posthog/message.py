"""Translate a PostHog event into calls of the tracking API."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from leads.channels.posthog.person import ids_of, traits_of
from leads.channels.tracking.body import type_name
from leads.channels.tracking.rejected import EventRejected

# The name of a tracking API call, and its message.
Call = tuple[str, dict[str, Any]]

PAGES = {"$pageview": "page", "$screen": "screen"}
IDENTIFYING = frozenset({"$identify", "$set"})
# Group types that stand for a lead's company, unlike projects, teams or playlists.
COMPANIES = frozenset({"company", "organization", "organisation", "account", "customer", "tenant", "workspace"})
# Properties that are handled elsewhere, or repeat the key and the person.
READ_ELSEWHERE = frozenset({"token", "distinct_id", "$set", "$set_once"})
LONGEST_OFFSET = 30 * 24 * 3600 * 1000  # ms


def calls_of(said: Mapping[str, Any], *, now: datetime) -> list[Call]:
    """Return the calls of an event, the event itself first. Raises EventRejected."""
    name = said.get("event")
    if not isinstance(name, str) or not name.strip():
        raise EventRejected(f"An event needs its name in `event`, got {type_name(name)}.")
    properties = said.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise EventRejected(f"properties must be an object, got {type_name(properties)}.")
    properties = properties or {}
    told = {
        "messageId": said.get("uuid"),
        "timestamp": _timestamp(said, now),
        "context": _context(properties),
        **ids_of(said, properties),
    }
    return [_call(name, said, properties, told), *_beside(name, said, properties, told)]


def _call(name: str, said: Mapping[str, Any], properties: Mapping[str, Any], told: dict[str, Any]) -> Call:
    if name in PAGES:
        return PAGES[name], {**told, "name": properties.get("$screen_name"), "properties": _plain(properties)}
    if name in IDENTIFYING:
        return "identify", {**told, "traits": traits_of(said, properties)}
    if name == "$create_alias":
        return "alias", {**told, "previousId": properties.get("distinct_id"), "userId": properties.get("alias")}
    if name == "$groupidentify" and properties.get("$group_type") in COMPANIES:
        return "group", _group(said, properties, told)
    return "track", {**told, "event": name, "properties": _plain(properties)}


def _beside(name: str, said: Mapping[str, Any], properties: Mapping[str, Any], told: dict[str, Any]) -> list[Call]:
    """Return the further calls of an event: the person's traits, and the company."""
    calls: list[Call] = []
    if name not in IDENTIFYING and (traits := traits_of(said, properties)):
        message_id = f"{said['uuid']}-set" if said.get("uuid") else None
        calls.append(("identify", {**told, "messageId": message_id, "traits": traits}))
    groups = properties.get("$groups")
    if name != "$groupidentify" and isinstance(groups, dict):
        calls += [_membership(kind, key, told) for kind, key in groups.items() if kind in COMPANIES]
    return calls


def _membership(kind: str, key: Any, told: Mapping[str, Any]) -> Call:
    """Return the call for membership in a company. It comes with every event and is stored once."""
    member = repr((told.get("userId") or told.get("anonymousId"), kind, key)).encode()
    message_id = f"group-{blake2b(member, digest_size=16).hexdigest()}"
    return "group", {**told, "messageId": message_id, "groupId": key}


def _group(said: Mapping[str, Any], properties: Mapping[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    kind, key = properties["$group_type"], properties.get("$group_key")
    # Without a person, servers send an id derived from the group.
    names_nobody = said.get("distinct_id") in (f"{kind}_{key}", f"${kind}_{key}")
    who = {"userId": None, "anonymousId": f"${kind}_{key}"} if names_nobody else {}
    return {**told, **who, "groupId": key, "traits": properties.get("$group_set")}


def _timestamp(said: Mapping[str, Any], now: datetime) -> Any:
    """Return the time of an event, as given by the client or by its offset (ms) before sending."""
    offset = said.get("offset")
    if said.get("timestamp") or isinstance(offset, bool) or not isinstance(offset, int | float):
        return said.get("timestamp")
    return (now - timedelta(milliseconds=min(max(offset, 0), LONGEST_OFFSET))).isoformat()


def _context(properties: Mapping[str, Any]) -> dict[str, Any]:
    page = {"url": properties.get("$current_url"), "path": properties.get("$pathname")}
    return {"userAgent": properties.get("$raw_user_agent"), "page": page}


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's properties, with the page under the names that rules use."""
    kept = {name: value for name, value in properties.items() if name not in READ_ELSEWHERE}
    for name, ours in (("$current_url", "url"), ("$referrer", "referrer")):
        if name in kept:
            kept.setdefault(ours, kept[name])
    return kept
