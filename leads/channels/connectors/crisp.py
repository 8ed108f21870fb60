"""Crisp: plugin hooks are signed; plain website hooks are not and rely on the secret address."""

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
# Session update -> path of the new value, and the person's field that it fills.
FACTS = {
    "session:set_email": ("email", "email"),
    "session:set_phone": ("phone", "phone"),
    "session:set_nickname": ("nickname", "name"),
}


class Crisp(Provider):
    """Chats, and the visitors behind them."""

    key = "crisp"
    label = "Crisp"
    brings = "Messages that visitors write in the chat, and the addresses that they give."
    channel = "chat"
    guide = (
        "With a plugin of your own (marketplace.crisp.chat): add a hook with the address and copy its secret.",
        "Without one: in the Crisp app open Settings, Workspace, Advanced, Web Hooks, and paste the address there. "
        "Those hooks are not signed, so the address itself is the secret.",
        "Tick message:send, session:set_email, session:set_phone and session:set_nickname.",
    )
    secrets = (
        SecretField("signing_secret", "Signing secret", "Of the plugin's hook; empty for website hooks.", True),
        ADDRESS_SECRET,
    )
    headers = ("x-crisp-delivery-id", "x-crisp-request-timestamp")

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """If there is a signing secret, check the HMAC-SHA256 over time and body."""
        verify_address(incoming, secrets)
        if not secrets.get("signing_secret"):
            return
        stamp = incoming.header("x-crisp-request-timestamp")
        signed = b"[" + stamp.encode("utf-8", "surrogatepass") + b";" + incoming.body + b"]"
        require_same(
            incoming.header("x-crisp-signature"), hex_mac(secrets["signing_secret"], signed), "X-Crisp-Signature"
        )
        require_fresh(stamp, now=now, tolerance=TOLERANCE, what="X-Crisp-Request-Timestamp")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a message by its session and fingerprint, anything else by its content."""
        event, session = need(said, "event", 60), need(said, "data.session_id", 80)
        fingerprint = text(said, "data.fingerprint", 40)
        return f"{event}:{session}:{fingerprint or sha256_hex(incoming.body)[:32]}"

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a visitor's message, or the traits of a visitor."""
        said = read_json(sent.body)
        event, data = text(said, "event"), mapping(said, "data")
        session = need(data, "session_id", 200)
        occurred_at = happened(data.get("timestamp") or said.get("timestamp"), now=now)
        if event in FACTS:
            place, part = FACTS[event]
            value = text(data, place)
            person = Person.of({part: value}, vendor_id=f"crisp:{session}")
            events = identified(person, message_id=f"{event}:{session}:{value}", occurred_at=occurred_at)
            return Made(events) if events else Nothing(f"{place} is empty.")
        if event != "message:send":
            return Nothing(f"The event {event[:60]} tells nothing about a lead.")
        if text(data, "from") != "user":
            return Nothing(f"Written by {text(data, 'from') or 'nobody'}: only what visitors write counts.")
        # Further messages of the same day are the same engagement.
        events = events_of(
            "chat_engaged",
            _visitor(data, session),
            message_id=f"crisp:{session}:{occurred_at:%Y-%m-%d}",
            occurred_at=occurred_at,
            properties={"conversation": session, "chat": "Crisp"},
        )
        return Made(events)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a visitor's message."""
        stamp = f"{now.timestamp() * 1000:.0f}"
        body = json.dumps(_sample(now), separators=(",", ":")).encode()
        signature = hex_mac(secrets.get("signing_secret", ""), f"[{stamp};".encode() + body + b"]")
        headers = {"x-crisp-request-timestamp": stamp, "x-crisp-signature": signature, "x-crisp-delivery-id": stamp}
        query = {"secret": secrets["address_secret"]} if secrets.get("address_secret") else {}
        return Incoming("POST", url, {"content-type": "application/json", **headers}, query, body)


def _visitor(data: Mapping[str, Any], session: str) -> Person:
    name = text(data, "user.nickname")
    # Crisp names anonymous visitors visitor123.
    known = "" if name.lower().startswith("visitor") or "@" in name else name
    return Person(email=text(data, "user.email"), name=known, vendor_id=f"crisp:{session}")


def _sample(now: datetime) -> dict[str, Any]:
    moment = int(now.timestamp() * 1000)
    user = {"nickname": "Mia Torres", "user_id": f"session_test_{moment}", "email": "mia.torres@example.com"}
    data = {
        "website_id": "test",
        "session_id": f"session_test_{moment}",
        "type": "text",
        "content": "What does it cost?",
        "from": "user",
        "origin": "chat",
        "fingerprint": moment,
        "timestamp": moment,
        "user": user,
    }
    return {"website_id": "test", "event": "message:send", "data": data, "timestamp": moment}
