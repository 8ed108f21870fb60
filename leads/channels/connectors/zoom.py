"""Zoom webinars and meetings with registration. Zoom validates the address every 72 hours."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Malformed, Nothing, Outcome, Reply, Sent
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.provider import Provider, SecretField, secret_of
from leads.channels.connectors.reading import happened, items, mapping, need, read_json, text
from leads.channels.connectors.signing import hex_mac, require_fresh, require_same

TOLERANCE = 300  # seconds
VALIDATION = "endpoint.url_validation"
REGISTERED = ("webinar.registration_created", "meeting.registration_created")
ATTENDED = ("webinar.participant_joined",)


class Zoom(Provider):
    """Registrations for webinars, and attendance."""

    key = "zoom"
    label = "Zoom webinars"
    brings = "Registrations for webinars and meetings, and who attended."
    channel = "webinar"
    guide = (
        "At marketplace.zoom.us build a “General app” or “Webhook only” app and open Features, Access.",
        "Copy the Secret Token from there and enter it here before you go on.",
        "Add an event subscription with the connector's address as endpoint URL and choose Validate.",
        "Subscribe to Webinar: “Webinar registration created” and “Participant joined webinar”.",
    )
    secrets = (SecretField("secret_token", "Secret token", "The app's page at marketplace.zoom.us, Features, Access."),)
    headers = ("x-zm-request-timestamp",)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 over version, time and body."""
        stamp = incoming.header("x-zm-request-timestamp")
        signed = b"v0:" + stamp.encode("utf-8", "surrogatepass") + b":" + incoming.body
        expected = f"v0={hex_mac(secret_of(secrets, 'secret_token'), signed)}"
        require_same(incoming.header("x-zm-signature"), expected, "x-zm-signature")
        require_fresh(stamp, now=now, tolerance=TOLERANCE, what="x-zm-request-timestamp")

    def greet(self, incoming: Incoming, secrets: Mapping[str, str]) -> Reply | None:
        """Sign the validation token, but only of an authentic request: otherwise anyone could have any text signed."""
        said = read_json(incoming.body)
        if said.get("event") != VALIDATION:
            return None
        token = text(said, "payload.plainToken")
        if not re.fullmatch(r"[\w-]{1,200}", token, re.ASCII):
            raise Malformed("payload.plainToken must be letters and digits.")
        encrypted = hex_mac(secret_of(secrets, "secret_token"), token.encode())
        return Reply(json.dumps({"plainToken": token, "encryptedToken": encrypted}))

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify an event by its kind, time, webinar and person."""
        who = text(said, "payload.object.registrant.id") or text(said, "payload.object.participant.user_id")
        name = (need(said, "event", 60), need(said, "event_ts", 20), text(said, "payload.object.id", 40), who[:70])
        return ":".join(name)

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a registration or an attendance."""
        said = read_json(sent.body)
        event = text(said, "event")
        webinar = mapping(said, "payload.object")
        if event in REGISTERED:
            kind, person = "webinar_registered", _registrant(mapping(webinar, "registrant"))
        elif event in ATTENDED:
            kind, person = "webinar_attended", _participant(mapping(webinar, "participant"))
        else:
            return Nothing(f"The event {event[:60]} tells nothing about a lead.")
        who = person.email.lower() or person.vendor_id
        events = events_of(
            kind,
            person,
            # Leaving and rejoining counts as one attendance.
            message_id=f"{event}:{text(webinar, 'uuid') or text(webinar, 'id')}:{who}",
            occurred_at=happened(text(webinar, "participant.join_time") or said.get("event_ts"), now=now),
            properties=_details(webinar, person),
            name=text(webinar, "topic"),
        )
        return Made(events) if person.email or person.phone else Nothing("Nobody known: it carries no e-mail address.")

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a registration."""
        body = json.dumps(_sample(now), separators=(",", ":")).encode()
        stamp = f"{now.timestamp():.0f}"
        signature = f"v0={hex_mac(secrets.get('secret_token', ''), f'v0:{stamp}:'.encode() + body)}"
        headers = {"content-type": "application/json", "x-zm-request-timestamp": stamp, "x-zm-signature": signature}
        return Incoming("POST", url, headers, {}, body)


def _registrant(said: Mapping[str, Any]) -> Person:
    asked = {"industry": text(said, "industry"), "no_of_employees": text(said, "no_of_employees")}
    answers = {text(one, "title", 100): text(one, "value", 1000) for one in items(said, "custom_questions")}
    return Person(
        email=text(said, "email"),
        phone=text(said, "phone"),
        first_name=text(said, "first_name"),
        last_name=text(said, "last_name"),
        job_title=text(said, "job_title"),
        company=text(said, "org"),
        country=text(said, "country"),
        vendor_id=_vendor_id(text(said, "id")),
        more={name: value for name, value in {**asked, **answers}.items() if name and value},
    )


def _participant(said: Mapping[str, Any]) -> Person:
    return Person(
        email=text(said, "email"),
        phone=text(said, "phone_number"),
        name=text(said, "user_name"),
        vendor_id=_vendor_id(text(said, "registrant_id")),
    )


def _vendor_id(registrant: str) -> str:
    return f"zoom:{registrant}" if registrant else ""


def _details(webinar: Mapping[str, Any], person: Person) -> dict[str, str]:
    details = {
        "webinar": text(webinar, "topic") or text(webinar, "id"),
        "webinar_id": text(webinar, "id"),
        "starts_at": text(webinar, "start_time"),
    }
    return {name: value for name, value in details.items() if value}


def _sample(now: datetime) -> dict[str, Any]:
    registrant = {
        "id": f"test-{now.timestamp():.0f}",
        "first_name": "Mia",
        "last_name": "Torres",
        "email": "mia.torres@example.com",
        "org": "Harbor Medical",
        "job_title": "Operations Manager",
        "phone": "+15005550006",
        "no_of_employees": "51-200",
        "custom_questions": [{"title": "What would you like to learn?", "value": "How scores fade"}],
        "join_url": "https://zoom.example/w/123",
    }
    webinar = {"id": "123", "uuid": "test", "topic": "Scoring 101", "start_time": now.isoformat()}
    return {
        "event": "webinar.registration_created",
        "event_ts": int(now.timestamp() * 1000),
        "payload": {"account_id": "abc", "object": {**webinar, "registrant": registrant}},
    }
