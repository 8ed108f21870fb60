"""Requests that create nothing: looking at the address, and the vendors' own tests."""

import pytest
from django.test import Client

from leads.models import DeliveryState, Lead
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, outcome, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", VENDORS)
def test_an_address_that_is_only_looked_at_answers(name):
    connector = VENDORS[name].connect()
    path = f"/hooks/{connector.provider}/{connector.key}"

    assert Client().get(path).status_code == 200
    assert Client().head(path).status_code == 200
    assert Client().put(path, b"{}").status_code == 405


@pytest.mark.parametrize(
    ("name", "change", "headers"),
    [
        ("stripe", {"livemode": False}, {}),
        ("shopify", {}, {"X-Shopify-Test": "true"}),
        ("intercom", {"topic": "ping"}, {}),
    ],
)
def test_what_a_vendor_marks_as_a_test_makes_no_lead(name, change, headers, work):
    send(name, {**VENDORS[name].payload("a", AN_HOUR_AGO), **change}, headers=headers)
    work()

    assert outcome()[0] == DeliveryState.TEST
    assert not Lead.objects.exists()
