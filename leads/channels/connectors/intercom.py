"""Intercom: contacts and conversations, signed with the app's client secret."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Nothing, Outcome, Sent, Trial
from leads.channels.connectors.person import Person, events_of, identified
from leads.channels.connectors.provider import Provider, SecretField, secret_of
from leads.channels.connectors.reading import happened, items, mapping, need, read_json, text
from leads.channels.connectors.signing import hex_mac, require_same

CONTACTS = (
    "contact.lead.",
    "contact.user.",
    "contact.created",
    "contact.email.",
    "contact.added_email",
    "contact.signed_up",
)
CONVERSATIONS = ("conversation.user.created", "conversation.user.replied")
PEOPLE = ("user", "lead", "contact")


class Intercom(Provider):
    """Chats, and the contacts behind them."""

    key = "intercom"
    label = "Intercom"
    brings = "Conversations that visitors start or answer, and contacts with their addresses."
    channel = "chat"
    guide = (
        "At developers.intercom.com open your app, Configure, Webhooks, and paste the address as endpoint URL.",
        "Subscribe to conversation.user.created and .replied, contact.lead.created and contact.user.created.",
        "Copy the client secret from Configure, Basic information, and enter it here.",
    )
    secrets = (SecretField("client_secret", "Client secret", "Configure, Basic information, in the Developer Hub."),)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA1 of the body."""
        expected = f"sha1={hex_mac(secret_of(secrets, 'client_secret'), incoming.body, 'sha1')}"
        require_same(incoming.header("x-hub-signature"), expected, "X-Hub-Signature")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a notification by its id; a ping has none worth keeping."""
        need(said, "topic")
        return text(said, "id", 200) or super().dedupe_key(said, incoming)

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a conversation, or the traits of a contact."""
        said = read_json(sent.body)
        topic, item = text(said, "topic"), mapping(said, "data.item")
        if topic == "ping":
            return Trial("Intercom's ping: the address works.")
        occurred_at = happened(said.get("created_at"), now=now)
        if topic.startswith(CONTACTS):
            person = _contact(item)
            events = identified(person, message_id=need(said, "id"), occurred_at=occurred_at)
            return Made(events) if events else Nothing("The contact has neither an e-mail address nor an id.")
        if topic not in CONVERSATIONS:
            return Nothing(f"The topic {topic[:60]} tells nothing about a lead.")
        return _conversation(item, topic, occurred_at)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a conversation started by a visitor."""
        body = json.dumps(_sample(now)).encode()
        signature = f"sha1={hex_mac(secrets.get('client_secret', ''), body, 'sha1')}"
        return Incoming("POST", url, {"content-type": "application/json", "x-hub-signature": signature}, {}, body)


def _conversation(item: Mapping[str, Any], topic: str, occurred_at: datetime) -> Outcome:
    """Record a conversation once a day: further messages of that day are the same engagement."""
    parts = items(item, "conversation_parts.conversation_parts")
    author = mapping(parts[-1], "author") if topic.endswith("replied") and parts else mapping(item, "source.author")
    if text(author, "type") not in PEOPLE:
        return Nothing(f"Written by {text(author, 'type') or 'nobody'}, not by a visitor.")
    events = events_of(
        "chat_engaged",
        _contact(author),
        message_id=f"intercom:{text(item, 'id')}:{occurred_at:%Y-%m-%d}",
        occurred_at=occurred_at,
        properties={"conversation": text(item, "id"), "chat": "Intercom", "page": text(item, "source.url")},
    )
    return Made(events) if events else Nothing("The visitor has neither an e-mail address nor an id.")


def _contact(said: Mapping[str, Any]) -> Person:
    contact_id = text(said, "id")
    return Person(
        email=text(said, "email"),
        phone=text(said, "phone"),
        name=text(said, "name"),
        vendor_id=f"intercom:{contact_id}" if contact_id else "",
        more={"intercom_external_id": text(said, "external_id")} if text(said, "external_id") else {},
    )


def _sample(now: datetime) -> dict[str, Any]:
    moment = int(now.timestamp())
    author = {"type": "lead", "id": f"test-{moment}", "name": "Mia Torres", "email": "mia.torres@example.com"}
    item = {
        "type": "conversation",
        "id": f"test-{moment}",
        "created_at": moment,
        "source": {"type": "conversation", "body": "<p>What does it cost?</p>", "url": "/pricing", "author": author},
        "conversation_parts": {"type": "conversation_part.list", "conversation_parts": []},
    }
    return {
        "type": "notification_event",
        "topic": "conversation.user.created",
        "id": f"notif_test_{moment}",
        "app_id": "test",
        "created_at": moment,
        "data": {"type": "notification_event_data", "item": item},
    }
