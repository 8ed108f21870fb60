"""Stripe: trials that start, convert and end.

A subscription has only the customer's id; the address comes separately.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Malformed, Nothing, Outcome, Sent, Trial
from leads.channels.connectors.person import Person, events_of, identified
from leads.channels.connectors.provider import OptionField, Provider, SecretField, chosen, secret_of
from leads.channels.connectors.reading import happened, mapping, need, read_json, text
from leads.channels.connectors.signing import hex_mac, require_stamped

TOLERANCE = 300  # seconds
CUSTOMERS = ("customer.created", "customer.updated")
SUBSCRIPTION = "customer.subscription."


class Stripe(Provider):
    """Trials and their outcome."""

    key = "stripe"
    label = "Stripe"
    brings = "Trials that start, are about to end, convert or end; customers with their addresses."
    channel = "trial"
    guide = (
        "In the Stripe Dashboard open Developers, Webhooks, and choose “Add destination” (or “Add endpoint”).",
        "Select customer.created, customer.updated, checkout.session.completed, customer.subscription.created, "
        ".updated, .deleted and .trial_will_end.",
        "Paste the connector's address, create it, reveal its signing secret (whsec_…) and enter it here.",
    )
    secrets = (SecretField("signing_secret", "Signing secret", "Starts with whsec_; one for each endpoint."),)
    options = (
        OptionField(
            "test_mode",
            "Events of test mode",
            "What happens in Stripe's test mode is no lead.",
            (("", "Log them and make no leads"), ("take", "Treat them like real ones")),
        ),
    )

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 over time, dot and body; during a rotation of the secret there are two signatures."""
        require_stamped(
            incoming.header("stripe-signature"),
            secret_of(secrets, "signing_secret"),
            incoming.body,
            now=now,
            tolerance=TOLERANCE,
            what="Stripe-Signature",
        )

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify an event by its id."""
        need(said, "type")
        if not mapping(said, "data.object"):
            raise Malformed("data.object is missing.")
        return need(said, "id")

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a trial, or the traits of a customer."""
        said = read_json(sent.body)
        event, thing = text(said, "type"), mapping(said, "data.object")
        if said.get("livemode") is False and chosen(sent.options, "test_mode") != "take":
            return Trial("It happened in Stripe's test mode.")
        occurred_at = happened(said.get("created"), now=now)
        if event in CUSTOMERS:
            events = identified(_customer(thing), message_id=need(said, "id"), occurred_at=occurred_at)
            return Made(events) if events else Nothing("The customer has neither an e-mail address nor a name.")
        if event == "checkout.session.completed":
            events = identified(_buyer(thing), message_id=need(said, "id"), occurred_at=occurred_at)
            return Made(events) if events else Nothing("The checkout names no customer.")
        kind = _kind_of(event, said, thing)
        if not kind:
            return Nothing(f"{event[:60]} (status {text(thing, 'status') or 'none'}) changes nothing about a trial.")
        events = events_of(
            kind,
            _subscriber(thing),
            # A subscription has one trial, but several events may report it.
            message_id=f"{kind}:{text(thing, 'id')}",
            occurred_at=occurred_at,
            properties=_plan(thing),
        )
        return Made(events) if events else Nothing("The subscription names no customer.")

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a trial that starts."""
        body, stamp = json.dumps(_sample(now)).encode(), f"{now.timestamp():.0f}"
        signature = f"t={stamp},v1={hex_mac(secrets.get('signing_secret', ''), f'{stamp}.'.encode() + body)}"
        return Incoming("POST", url, {"content-type": "application/json", "stripe-signature": signature}, {}, body)


def _kind_of(event: str, said: Mapping[str, Any], thing: Mapping[str, Any]) -> str:
    """Return the kind of event of a subscription's change, "" if it does not concern a trial."""
    if not event.startswith(SUBSCRIPTION):
        return ""
    change, status = event.removeprefix(SUBSCRIPTION), text(thing, "status")
    before = text(said, "data.previous_attributes.status")
    if change == "trial_will_end":
        return "trial_ending"
    if change in ("created", "updated") and status == "trialing" and before != "trialing":
        # An update counts if the trial was added after the subscription was created.
        return "trial_started" if change == "created" or before else ""
    if change == "updated" and before == "trialing":
        return "trial_converted" if status == "active" else "trial_ended"
    return "trial_ended" if change == "deleted" and _ended_in_trial(thing) else ""


def _ended_in_trial(thing: Mapping[str, Any]) -> bool:
    trial_end, ended_at = thing.get("trial_end"), thing.get("ended_at") or thing.get("canceled_at")
    return isinstance(trial_end, int) and isinstance(ended_at, int) and ended_at <= trial_end


def _customer(thing: Mapping[str, Any]) -> Person:
    return Person(
        email=text(thing, "email"),
        phone=text(thing, "phone"),
        name=text(thing, "name"),
        country=text(thing, "address.country"),
        user_id=text(thing, "metadata.user_id"),
        vendor_id=_vendor_id(text(thing, "id")),
    )


def _buyer(thing: Mapping[str, Any]) -> Person:
    return Person(
        email=text(thing, "customer_details.email") or text(thing, "customer_email"),
        phone=text(thing, "customer_details.phone"),
        name=text(thing, "customer_details.name"),
        country=text(thing, "customer_details.address.country"),
        vendor_id=_vendor_id(text(thing, "customer")),
    )


def _subscriber(thing: Mapping[str, Any]) -> Person:
    return Person(
        email=text(thing, "metadata.email"),
        user_id=text(thing, "metadata.user_id"),
        # An expanded customer is an object instead of an id.
        vendor_id=_vendor_id(text(thing, "customer") or text(thing, "customer.id")),
    )


def _vendor_id(customer: str) -> str:
    return f"stripe:{customer}" if customer else ""


def _plan(thing: Mapping[str, Any]) -> dict[str, str]:
    item = mapping(thing, "items.data.0")
    plan = {
        "plan": text(item, "price.nickname") or text(item, "price.lookup_key") or text(item, "price.id"),
        "subscription": text(thing, "id"),
        "trial_end": text(thing, "trial_end"),
        "quantity": text(item, "quantity"),
    }
    return {name: value for name, value in plan.items() if value}


def _sample(now: datetime) -> dict[str, Any]:
    moment = int(now.timestamp())
    price = {"id": "price_team", "nickname": "Team"}
    subscription = {
        "id": f"sub_test_{moment}",
        "object": "subscription",
        "customer": f"cus_test_{moment}",
        "status": "trialing",
        "trial_start": moment,
        "trial_end": moment + 14 * 86_400,
        "metadata": {"email": "mia.torres@example.com"},
        "items": {"object": "list", "data": [{"id": "si_test", "price": price, "quantity": 5}]},
    }
    return {
        "id": f"evt_test_{moment}",
        "object": "event",
        "api_version": "2026-10-29",
        "created": moment,
        "livemode": True,
        "type": "customer.subscription.created",
        "data": {"object": subscription},
    }
