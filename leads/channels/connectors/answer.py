"""Answer a request to a connector's address: verify it, store what was delivered, and respond.

Nothing is parsed further.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from leads.channels.connectors.incoming import Incoming, Malformed, Parcel, Reply, Unauthentic
from leads.channels.connectors.provider import Provider
from leads.channels.connectors.reading import clean
from leads.channels.connectors.registry import provider_of
from leads.models import Connector, Delivery
from leads.secrets import SecretsUnreadable, unseal

LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to the caller. delivery_ids: stored deliveries that wait to be processed."""

    status: int
    body: str = "{}"
    content_type: str = "application/json"
    delivery_ids: Sequence[int] = ()


def address_of(connector: Connector) -> str:
    """Return the connector's public address, which the vendor calls and some vendors sign."""
    return f"{settings.PUBLIC_URL}/hooks/{connector.provider}/{connector.key}/"


def answer(provider_key: str, key: str, incoming: Incoming, *, now: datetime, is_trial: bool = False) -> Answer:
    """Answer one request. is_trial: our own test, whose delivery is parsed but creates nothing.

    200: stored, or known already. 400: authentic, but not in this vendor's format. 401: not authentic. 403: a failed
    handshake, or the connector is switched off. 404: no such address. 503: our own fault, try again.
    """
    provider = provider_of(provider_key)
    connector = Connector.objects.select_related("source").filter(provider=provider_key, key=key).first()
    if provider is None or connector is None:
        return refusal(404, "not_found", "There is no such address.")
    if not (connector.is_active and connector.source.is_active):
        return refusal(403, "switched_off", "This connector is switched off.")
    try:
        secrets = unseal(connector.sealed_secrets)
    except SecretsUnreadable as error:
        _note_refusal(connector, str(error), now)
        return refusal(503, "unavailable", "The delivery can't be verified just now; send it again.")
    if incoming.method in ("GET", "HEAD"):
        return _shake_hands(provider, connector, incoming, secrets, now)
    if incoming.method != "POST":
        return refusal(405, "method_not_allowed", "This address takes POST.")
    return _take(provider, connector, incoming, secrets, now, is_trial=is_trial)


def refusal(status: int, code: str, message: str) -> Answer:
    """Return an answer that nothing was stored, and why. code: for programs."""
    return Answer(status, json.dumps({"success": False, "code": code, "message": message}))


def _shake_hands(
    provider: Provider, connector: Connector, incoming: Incoming, secrets: Mapping[str, str], now: datetime
) -> Answer:
    try:
        reply = provider.handshake(incoming, secrets)
    except Unauthentic as error:
        _note_refusal(connector, f"Handshake: {error}", now)
        return refusal(403, "forbidden", str(error))
    return _greeted(connector, reply, now) if reply else Answer(200)


def _take(
    provider: Provider,
    connector: Connector,
    incoming: Incoming,
    secrets: Mapping[str, str],
    now: datetime,
    *,
    is_trial: bool,
) -> Answer:
    try:
        provider.verify(incoming, secrets, connector.settings, now=now)
        reply = provider.greet(incoming, secrets)
        if reply:
            return _greeted(connector, reply, now)
        parcels = provider.parcels(incoming, connector.settings)
    except Unauthentic as error:
        _note_refusal(connector, str(error), now)
        return refusal(401, "not_authentic", str(error))
    except Malformed as error:
        _note_refusal(connector, f"Malformed: {error}", now)
        return refusal(400, "malformed", str(error))
    headers = {
        name: clean(incoming.header(name))[:LONGEST_HEADER] for name in provider.headers if incoming.header(name)
    }
    return Answer(200, delivery_ids=store(connector, parcels, headers, now=now, is_trial=is_trial))


def _greeted(connector: Connector, reply: Reply, now: datetime) -> Answer:
    Connector.objects.filter(pk=connector.pk).update(verified_at=now)
    return Answer(200, reply.body, reply.content_type)


@transaction.atomic
def store(
    connector: Connector, parcels: Sequence[Parcel], headers: Mapping[str, str], *, now: datetime, is_trial: bool
) -> Sequence[int]:
    """Store the deliveries that are new, in a fixed number of statements; return their ids.

    A repetition is counted on the delivery that was stored first.
    """
    bodies = {clean(parcel.dedupe_key)[:200]: parcel.body for parcel in parcels}
    known = Delivery.objects.filter(connector=connector, dedupe_key__in=bodies)
    repeated = set(known.values_list("dedupe_key", flat=True))
    if repeated:
        known.filter(dedupe_key__in=repeated).update(repeats=F("repeats") + 1)
    fresh = [
        Delivery(
            connector=connector,
            dedupe_key=key,
            headers=dict(headers),
            body=body,
            is_trial=is_trial,
            received_at=now,
            due_at=now,
        )
        for key, body in bodies.items()
        if key not in repeated
    ]
    if not fresh:
        return ()
    # If two requests deliver the same thing at the same time, one stores it and the other skips it.
    Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
    return list(known.exclude(dedupe_key__in=repeated).filter(due_at=now).values_list("pk", flat=True))


def _note_refusal(connector: Connector, reason: str, now: datetime) -> None:
    Connector.objects.filter(pk=connector.pk).update(
        refused_count=F("refused_count") + 1, refused_at=now, refused_reason=clean(reason)[:300]
    )
