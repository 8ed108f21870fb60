"""Calendly: meetings booked, moved and cancelled. A moved meeting counts as booked once."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Malformed, Nothing, Outcome, Sent
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.provider import Provider, SecretField, secret_of
from leads.channels.connectors.reading import happened, items, mapping, need, read_json, text
from leads.channels.connectors.signing import hex_mac, require_stamped

TOLERANCE = 180  # seconds
PHONE_WORDS = ("phone", "mobile", "telephone")
COMPANY_WORDS = ("company", "organization", "organisation")
TITLE_WORDS = ("job title", "your role", "position")
TRACKED = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")


class Calendly(Provider):
    """Booked meetings."""

    key = "calendly"
    label = "Calendly"
    brings = "Meetings booked, moved and called off, with the answers to your questions."
    channel = "event"
    guide = (
        "Webhooks need a paid plan. Make a personal access token under Integrations, API and webhooks.",
        "Create the webhook by API: POST https://api.calendly.com/webhook_subscriptions with the address as url, "
        'events ["invitee.created","invitee.canceled"], your organization, and a signing_key that you invent.',
        "Enter the same signing key here.",
    )
    secrets = (SecretField("signing_key", "Signing key", "The signing_key that you created the webhook with."),)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 over time, dot and body."""
        require_stamped(
            incoming.header("calendly-webhook-signature"),
            secret_of(secrets, "signing_key"),
            incoming.body,
            now=now,
            tolerance=TOLERANCE,
            what="Calendly-Webhook-Signature",
        )

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a change by its type and invitee."""
        if not mapping(said, "payload"):
            raise Malformed("payload is missing.")
        uri = text(said, "payload.uri", 140) or super().dedupe_key(said, incoming)
        return f"{need(said, 'event', 50)}:{uri}"

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a meeting booked, moved, cancelled or missed."""
        said = read_json(sent.body)
        event, payload = text(said, "event"), mapping(said, "payload")
        if event == "invitee.canceled" and payload.get("rescheduled") is True:
            return Nothing("The meeting moves to another time; the new time comes as a delivery of its own.")
        kind = _kind_of(event, payload)
        if not kind:
            return Nothing(f"The event {event[:60]} tells nothing about a lead.")
        meeting = mapping(payload, "scheduled_event")
        properties = {
            "meeting": text(meeting, "name"),
            "starts_at": text(meeting, "start_time"),
            **{name: text(payload, f"tracking.{name}") for name in TRACKED},
            "reason": text(payload, "cancellation.reason"),
        }
        events = events_of(
            kind,
            _invitee(payload),
            message_id=f"{event}:{text(payload, 'uri')}",
            occurred_at=happened(text(said, "created_at") or text(payload, "created_at"), now=now),
            properties={name: value for name, value in properties.items() if value},
            name=text(meeting, "name"),
            channel="event",
        )
        return Made(events) if events else Nothing("It carries neither an e-mail address nor a phone number.")

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a booking."""
        body = json.dumps(_sample(now)).encode()
        stamp = f"{now.timestamp():.0f}"
        signature = f"t={stamp},v1={hex_mac(secrets.get('signing_key', ''), f'{stamp}.'.encode() + body)}"
        headers = {"content-type": "application/json", "calendly-webhook-signature": signature}
        return Incoming("POST", url, headers, {}, body)


def _kind_of(event: str, payload: Mapping[str, Any]) -> str:
    if event == "invitee.created":
        return "meeting_rescheduled" if payload.get("old_invitee") else "meeting_booked"
    return {"invitee.canceled": "meeting_cancelled", "invitee_no_show.created": "meeting_missed"}.get(event, "")


def _invitee(payload: Mapping[str, Any]) -> Person:
    answers = {text(one, "question"): text(one, "answer", 2000) for one in items(payload, "questions_and_answers")}
    return Person(
        email=text(payload, "email"),
        phone=text(payload, "text_reminder_number") or _answer_to(answers, PHONE_WORDS),
        name=text(payload, "name"),
        first_name=text(payload, "first_name"),
        last_name=text(payload, "last_name"),
        company=_answer_to(answers, COMPANY_WORDS),
        job_title=_answer_to(answers, TITLE_WORDS),
        more={question: answer for question, answer in answers.items() if answer and not _is_known(question)},
    )


def _answer_to(answers: Mapping[str, str], words: tuple[str, ...]) -> str:
    return next((answer for question, answer in answers.items() if any(word in question.lower() for word in words)), "")


def _is_known(question: str) -> bool:
    return any(word in question.lower() for word in (*PHONE_WORDS, *COMPANY_WORDS, *TITLE_WORDS))


def _sample(now: datetime) -> dict[str, Any]:
    return {
        "event": "invitee.created",
        "created_at": now.isoformat(),
        "payload": {
            "uri": f"https://api.calendly.com/scheduled_events/TEST/invitees/test-{now.timestamp():.0f}",
            "email": "mia.torres@example.com",
            "name": "Mia Torres",
            "status": "active",
            "timezone": "Europe/Oslo",
            "text_reminder_number": "+15005550006",
            "rescheduled": False,
            "old_invitee": None,
            "questions_and_answers": [{"question": "Company", "answer": "Harbor Medical", "position": 0}],
            "tracking": {"utm_source": "newsletter"},
            "scheduled_event": {"name": "Demo", "start_time": now.isoformat()},
        },
    }
