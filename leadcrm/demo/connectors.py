"""A connected service with a log of deliveries: Zoom, through which some of the demo's leads registered."""

import json
import secrets
from datetime import datetime, timedelta
from random import Random
from typing import Any

from leads.intake.sources import channel_source
from leads.models import Connector, Delivery, DeliveryState, Event
from leads.secrets import seal

REGISTRATIONS = 24
DAYS_KEPT = timedelta(days=60)


def make_connectors(*, seed: int, now: datetime) -> None:
    """Store a connector, unless there is one, with deliveries for registrations that are already in the demo."""
    if Connector.objects.exists():
        return
    rng = Random(f"connectors:{seed}")
    connector = Connector.objects.create(
        provider="zoom",
        name="Zoom webinars",
        key=f"demo-{rng.getrandbits(96):024x}",
        source=channel_source("Zoom webinars: Zoom webinars", now=now),
        # The secret is thrown away, so that nobody can deliver to a demo.
        sealed_secrets=seal({"secret_token": secrets.token_urlsafe(24)}),
        verified_at=now - DAYS_KEPT,
        created_at=now - DAYS_KEPT,
    )
    told = Event.objects.filter(kind="webinar_registered", lead__merged_into=None, occurred_at__gte=now - DAYS_KEPT)
    events = list(told.exclude(lead__email="").select_related("lead").order_by("-occurred_at", "-id")[:REGISTRATIONS])
    deliveries = [_registration(connector, event) for event in reversed(events)]
    Delivery.objects.bulk_create([*deliveries, *_others(connector, now)])


def _registration(connector: Connector, event: Event) -> Delivery:
    lead = event.lead
    registrant = {"id": f"r{event.pk}", "email": lead.email, "first_name": lead.first_name} if lead else {}
    return _delivery(
        connector,
        {"event": "webinar.registration_created", "payload": {"object": {"id": "86", "registrant": registrant}}},
        event.occurred_at + timedelta(seconds=2),
        state=DeliveryState.PROCESSED,
        reason=f"“Registered for a webinar” for {lead.email if lead else ''}.",
        events_made=1,
        lead=lead,
    )


def _others(connector: Connector, now: datetime) -> list[Delivery]:
    """Return payloads that concern no lead."""
    ended = {"event": "webinar.ended", "payload": {"object": {"id": "86"}}}
    nameless = {"event": "webinar.registration_created", "payload": {"object": {"id": "86", "registrant": None}}}
    return [
        _delivery(
            connector,
            ended,
            now - timedelta(hours=20),
            state=DeliveryState.IGNORED,
            reason="The event webinar.ended tells nothing about a lead.",
        ),
        _delivery(
            connector,
            nameless,
            now - timedelta(hours=3),
            state=DeliveryState.IGNORED,
            reason="Nobody known: it carries no e-mail address.",
        ),
    ]


def _delivery(connector: Connector, said: dict[str, Any], at: datetime, **fields: Any) -> Delivery:
    said = {**said, "event_ts": int(at.timestamp() * 1000)}
    body = json.dumps(said).encode()
    return Delivery(
        connector=connector,
        dedupe_key=f"{said['event']}:{said['event_ts']}:86:{fields['lead'].pk if fields.get('lead') else ''}",
        body=body,
        received_at=at,
        finished_at=at,
        attempts=1,
        **fields,
    )
