"""Shopify: customers, checkouts and orders of a shop."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Nothing, Outcome, Sent, Trial
from leads.channels.connectors.person import Person, events_of, identified
from leads.channels.connectors.provider import Provider, SecretField, secret_of
from leads.channels.connectors.reading import happened, mapping, moment, read_json, text
from leads.channels.connectors.signing import base64_mac, require_same

# Shopify retries for four hours, so a delivery older than a day is not a retry.
OLDEST = timedelta(days=1)
ORDERS = {
    "checkouts/create": "checkout_started",
    "orders/create": "order_completed",
    "orders/cancelled": "order_cancelled",
}
PRIVACY = {
    "customers/redact": "Shopify asks to erase this customer's data.",
    "customers/data_request": "Shopify asks for a copy of this customer's data.",
    "shop/redact": "Shopify asks to erase the data of this shop.",
}


class Shopify(Provider):
    """Customers of a shop, their checkouts and orders."""

    key = "shopify"
    label = "Shopify"
    brings = "New customers, newsletter consent, checkouts and orders of your shop."
    channel = "store"
    guide = (
        "In the Shopify admin open Settings, Notifications, Webhooks, and choose “Create webhook”.",
        "Create one each for Customer creation, Checkout creation and Order creation: format JSON, and the address.",
        "Copy the signing secret shown under the list of webhooks and enter it here.",
        "“Send test notification” there shows up in the log here, marked as a test.",
    )
    secrets = (SecretField("secret", "Signing secret", "Shown under the webhooks; for an app, its client secret."),)
    headers = (
        *("x-shopify-topic", "x-shopify-shop-domain", "x-shopify-event-id", "x-shopify-webhook-id"),
        *("x-shopify-triggered-at", "x-shopify-test"),
    )

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 of the body."""
        expected = base64_mac(secret_of(secrets, "secret"), incoming.body)
        require_same(incoming.header("x-shopify-hmac-sha256"), expected, "X-Shopify-Hmac-Sha256")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a delivery by Shopify's event id, which retries keep."""
        named = incoming.header("x-shopify-event-id") or incoming.header("x-shopify-webhook-id")
        topic = incoming.header("x-shopify-topic")[:60]
        return f"{topic}:{named[:120]}" if named else f"{topic}:{super().dedupe_key(said, incoming)}"

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a customer, a checkout or an order."""
        said, topic = read_json(sent.body), sent.headers.get("x-shopify-topic", "")
        if sent.headers.get("x-shopify-test", "").lower() == "true":
            return Trial("Shopify marked it as a test notification.")
        triggered = moment(sent.headers.get("x-shopify-triggered-at", ""))
        if triggered and now - triggered > OLDEST:
            return Nothing(f"It happened on {triggered:%d %b %Y}: an old delivery, not a retry.")
        if topic in PRIVACY:
            return _privacy(said, topic, now)
        if topic in ORDERS:
            return _order(said, topic, now)
        if topic in ("customers/create", "customers/update"):
            return _customer(said, topic, now)
        return Nothing(f"The topic {topic[:60] or 'missing'} tells nothing about a lead.")

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a new customer."""
        body = json.dumps(_sample(now)).encode()
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": "customers/create",
            "x-shopify-shop-domain": "test.myshopify.com",
            "x-shopify-event-id": f"test-{now.timestamp():.0f}",
            "x-shopify-webhook-id": f"test-{now.timestamp():.0f}",
            "x-shopify-triggered-at": now.isoformat(),
            "x-shopify-hmac-sha256": base64_mac(secrets.get("secret", ""), body),
        }
        return Incoming("POST", url, headers, {}, body)


def _customer(said: Mapping[str, Any], topic: str, now: datetime) -> Outcome:
    person = _person(said)
    changed_at = happened(said.get("updated_at") or said.get("created_at"), now=now)
    customer = text(said, "id")
    events = identified(person, message_id=f"{topic}:{customer}:{changed_at.isoformat()}", occurred_at=changed_at)
    if text(said, "email_marketing_consent.state") == "subscribed":
        consented = text(said, "email_marketing_consent.consent_updated_at")
        events += events_of(
            "newsletter_subscribed",
            person,
            message_id=f"newsletter:{customer}",
            occurred_at=happened(consented or said.get("created_at"), now=now),
            properties={"list": "Shopify"},
            channel="newsletter",
        )
    if topic == "customers/create":
        events += events_of(
            "account_created",
            person,
            message_id=f"account:{customer}",
            occurred_at=happened(said.get("created_at"), now=now),
            channel="store",
        )
    return Made(events) if person.email or person.phone else Nothing("The customer has neither e-mail nor phone.")


def _order(said: Mapping[str, Any], topic: str, now: datetime) -> Outcome:
    customer = {**mapping(said, "customer")}
    for name in ("email", "phone"):
        customer[name] = text(said, name) or text(customer, name)
    person = _person({"default_address": said.get("billing_address"), **customer})
    properties = {
        "order": text(said, "name") or text(said, "id"),
        "value": text(said, "total_price"),
        "currency": text(said, "currency"),
        "landing_site": text(said, "landing_site", 1000),
        "referrer": text(said, "referring_site", 1000),
    }
    events = events_of(
        ORDERS[topic],
        person,
        message_id=f"{topic}:{text(said, 'token') or text(said, 'id')}",
        occurred_at=happened(said.get("cancelled_at") or said.get("created_at"), now=now),
        properties={name: value for name, value in properties.items() if value},
        channel="store",
    )
    return Made(events) if events else Nothing("Nobody known yet: it carries neither a customer nor an e-mail address.")


def _privacy(said: Mapping[str, Any], topic: str, now: datetime) -> Outcome:
    """Record a privacy request if the customer is known; a person must answer it."""
    customer = mapping(said, "customer")
    events = events_of(
        "erasure_requested" if topic == "customers/redact" else "data_requested",
        Person(email=text(customer, "email"), vendor_id=_vendor_id(customer)),
        message_id=f"{topic}:{text(customer, 'id')}",
        occurred_at=now,
        properties={"asked_at": "Shopify", "shop": text(said, "shop_domain")},
    )
    return Made(events) if events else Nothing(PRIVACY[topic])


def _person(said: Mapping[str, Any]) -> Person:
    address = mapping(said, "default_address")
    return Person(
        email=text(said, "email"),
        phone=text(said, "phone") or text(address, "phone"),
        first_name=text(said, "first_name") or text(address, "first_name"),
        last_name=text(said, "last_name") or text(address, "last_name"),
        company=text(address, "company"),
        country=text(address, "country"),
        vendor_id=_vendor_id(said),
    )


def _vendor_id(customer: Mapping[str, Any]) -> str:
    return f"shopify:{text(customer, 'id')}" if text(customer, "id") else ""


def _sample(now: datetime) -> dict[str, Any]:
    return {
        "id": int(now.timestamp() * 1000),
        "email": "mia.torres@example.com",
        "first_name": "Mia",
        "last_name": "Torres",
        "phone": "+15005550006",
        "created_at": now.isoformat(),
        "updated_at": now.isoformat(),
        "email_marketing_consent": {"state": "subscribed", "opt_in_level": "single_opt_in"},
        "default_address": {"company": "Harbor Medical", "country": "Norway"},
    }
