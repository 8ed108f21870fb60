"""The person of a PostHog event. PostHog uses one id for known and unknown people; we tell the two apart."""

from collections.abc import Mapping
from typing import Any

# The id that all visitors share in cookieless mode; as an identifier it would merge them into one person.
COOKIELESS = "$posthog_cookieless"
# Ids that PostHog itself refuses, sent by mistake for unknown people.
NO_IDS = frozenset(
    (
        *("anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "true", "false", "0"),
        *("undefined", "null", "none", "nan", "[object object]", ""),
    )
)


def ids_of(said: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `userId` and `anonymousId` of an event, if any.

    A browser tells whether its distinct_id is a person's or a generated one; a server's is a person's unless personless
    processing is requested.
    """
    distinct_id = said.get("distinct_id") or properties.get("distinct_id")
    if distinct_id == COOKIELESS:
        return {"anonymousId": f"cookieless-{said.get('uuid')}"}
    if str(distinct_id or "").strip().lower() in NO_IDS:
        distinct_id = None
    made_up = properties.get("$anon_distinct_id") or properties.get("$device_id")
    if _is_unknown(distinct_id, properties):
        return {"anonymousId": distinct_id}
    return {"userId": distinct_id, "anonymousId": made_up}


def traits_of(said: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the person's traits in an event, without PostHog's own bookkeeping."""
    traits: dict[str, Any] = {}
    for field in ("$set_once", "$set"):
        for given in (said.get(field), properties.get(field)):
            traits.update(given if isinstance(given, dict) else {})
    return {name: value for name, value in traits.items() if not name.startswith("$")}


def _is_unknown(distinct_id: Any, properties: Mapping[str, Any]) -> bool:
    if properties.get("$anon_distinct_id"):
        return False
    says_so = properties.get("$is_identified") is False or properties.get("$process_person_profile") is False
    return says_so or (distinct_id is not None and distinct_id == properties.get("$device_id"))
