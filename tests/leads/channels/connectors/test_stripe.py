"""Stripe: trials, and addresses that come apart from them."""

import json

import pytest

from leads.models import Lead
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, kinds, send
from tests.leads.channels.connectors.vendors import EMAIL, VENDORS

pytestmark = pytest.mark.django_db


def change_of(said, event, before, **thing):
    said = json.loads(json.dumps(said)) | {"id": f"evt_{event}_{before}", "type": f"customer.subscription.{event}"}
    said["data"]["object"] |= thing
    said["data"]["previous_attributes"] = {"status": before} if before else {}
    return said


def test_a_trial_starts_converts_and_ends_once_each(work):
    said = VENDORS["stripe"].payload("a", AN_HOUR_AGO)
    connector = send("stripe", said)
    for event, before, status in (
        ("trial_will_end", "", "trialing"),
        ("updated", "", "trialing"),
        ("updated", "trialing", "active"),
        ("updated", "active", "past_due"),
        ("deleted", "", "canceled"),
    ):
        ended_at = said["data"]["object"]["trial_end"] + 90
        send("stripe", change_of(said, event, before, status=status, ended_at=ended_at), connector)
    work()

    assert kinds() == ["trial_converted", "trial_ending", "trial_started"]


@pytest.mark.parametrize("first", ["customer", "subscription"])
def test_a_subscription_finds_its_customers_address_in_whatever_order(first, work):
    said = VENDORS["stripe"].payload("a", AN_HOUR_AGO)
    said["data"]["object"]["metadata"] = {}
    customer = {**said, "id": "evt_c", "type": "customer.created"}
    customer["data"] = {"object": {"id": "cus_a", "email": EMAIL, "name": "Pia Roth"}}
    connector = VENDORS["stripe"].connect()

    for one in (customer, said) if first == "customer" else (said, customer):
        send("stripe", one, connector)
        work()

    lead = Lead.objects.current().get()
    assert lead.email == EMAIL
    assert set(lead.events.values_list("kind", flat=True)) == {"identified", "trial_started"}
