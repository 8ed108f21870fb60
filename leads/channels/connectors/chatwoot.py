"""Chatwoot: newer releases sign time and body; older ones rely on the secret address."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Nothing, Outcome, Sent
from leads.channels.connectors.person import Person, events_of, identified
from leads.channels.connectors.provider import ADDRESS_SECRET, Provider, SecretField, verify_address
from leads.channels.connectors.reading import happened, mapping, need, read_json, text
from leads.channels.connectors.signing import hex_mac, require_fresh, require_same, sha256_hex

TOLERANCE = 300  # seconds
CONTACTS = ("contact_created", "contact_updated")
INCOMING = ("incoming", "0")


class Chatwoot(Provider):
    """Chats, and the contacts behind them."""

    key = "chatwoot"
    label = "Chatwoot"
    brings = "Messages that visitors write, in the widget or any inbox, and contacts with their addresses."
    channel = "chat"
    guide = (
        "In Chatwoot open Settings, Integrations, Webhooks, and choose “Add new webhook”.",
        "Paste the address and tick Message created, Conversation created, Contact created and Contact updated.",
        "If your release shows a secret at the webhook, enter it here; older releases sign nothing.",
    )
    secrets = (
        SecretField("signing_secret", "Webhook secret", "Shown at the webhook in newer releases.", True),
        ADDRESS_SECRET,
    )
    headers = ("x-chatwoot-delivery",)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """If there is a secret, check the HMAC-SHA256 over time, dot and body (over the body alone without a time)."""
        verify_address(incoming, secrets)
        if not secrets.get("signing_secret"):
            return
        stamp = incoming.header("x-chatwoot-timestamp")
        signed = stamp.encode("utf-8", "surrogatepass") + b"." + incoming.body if stamp else incoming.body
        given = incoming.header("x-chatwoot-signature").removeprefix("sha256=")
        require_same(given, hex_mac(secrets["signing_secret"], signed), "X-Chatwoot-Signature")
        if stamp:
            require_fresh(stamp, now=now, tolerance=TOLERANCE, what="X-Chatwoot-Timestamp")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a message by its id, and a change by its content as well."""
        event = need(said, "event", 60)
        if event == "message_created":
            return f"{event}:{text(said, 'account.id', 40)}:{need(said, 'id', 40)}"
        return f"{event}:{text(said, 'id', 40)}:{sha256_hex(incoming.body)[:32]}"

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a visitor's message, or the traits of a contact."""
        said = read_json(sent.body)
        event = text(said, "event")
        if event in CONTACTS:
            person = _contact(said, sent.scope)
            events = identified(
                person,
                message_id=f"{event}:{text(said, 'id')}:{sha256_hex(sent.body)[:32]}",
                occurred_at=happened(said.get("updated_at") or said.get("created_at"), now=now),
            )
            return Made(events) if events else Nothing("The contact has neither an e-mail address nor an id.")
        if event == "conversation_created":
            return Nothing("A conversation alone says nothing yet: its first message comes by itself.")
        if event != "message_created":
            return Nothing(f"The event {event[:60]} tells nothing about a lead.")
        if text(said, "message_type") not in INCOMING or said.get("private") is True:
            return Nothing("Written by an agent or a bot: only what visitors write counts.")
        return _message(said, sent.scope, happened(said.get("created_at"), now=now))

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a visitor's message."""
        stamp, body = f"{now.timestamp():.0f}", json.dumps(_sample(now)).encode()
        signature = f"sha256={hex_mac(secrets.get('signing_secret', ''), f'{stamp}.'.encode() + body)}"
        headers = {"x-chatwoot-timestamp": stamp, "x-chatwoot-signature": signature, "x-chatwoot-delivery": stamp}
        query = {"secret": secrets["address_secret"]} if secrets.get("address_secret") else {}
        return Incoming("POST", url, {"content-type": "application/json", **headers}, query, body)


def _message(said: Mapping[str, Any], scope: str, occurred_at: datetime) -> Outcome:
    """Record a conversation once a day: further messages of that day are the same engagement."""
    sender = mapping(said, "sender") or mapping(said, "conversation.meta.sender")
    conversation = text(said, "conversation.id") or text(said, "conversation.display_id")
    events = events_of(
        "chat_engaged",
        _contact(sender, scope),
        message_id=f"chatwoot:{conversation}:{occurred_at:%Y-%m-%d}",
        occurred_at=occurred_at,
        properties={"conversation": conversation, "chat": "Chatwoot", "inbox": text(said, "inbox.name")},
    )
    return Made(events) if events else Nothing("The visitor has neither an e-mail address nor an id.")


def _contact(said: Mapping[str, Any], scope: str) -> Person:
    contact_id = text(said, "id")
    return Person(
        email=text(said, "email"),
        phone=text(said, "phone_number"),
        name=text(said, "name"),
        company=text(said, "additional_attributes.company_name"),
        country=text(said, "additional_attributes.country"),
        # Contact ids are unique within one installation only.
        vendor_id=f"chatwoot:{scope}:{contact_id}" if contact_id else "",
    )


def _sample(now: datetime) -> dict[str, Any]:
    moment = int(now.timestamp())
    return {
        "event": "message_created",
        "id": moment,
        "content": "What does it cost?",
        "message_type": "incoming",
        "private": False,
        "created_at": now.isoformat(),
        "sender": {
            "id": moment,
            "type": "contact",
            "name": "Mia Torres",
            "email": "mia.torres@example.com",
            "phone_number": "+15005550006",
        },
        "conversation": {"id": moment, "display_id": 1},
        "inbox": {"id": 1, "name": "Website"},
        "account": {"id": 1, "name": "Test"},
    }
