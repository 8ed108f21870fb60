"""Shopify: old deliveries."""

from datetime import timedelta

import pytest

from leads.models import DeliveryState
from tests.leads.channels.connectors.sending import NOW, outcome, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


def test_an_old_delivery_of_shopify_is_logged_and_makes_nothing(work):
    send("shopify", VENDORS["shopify"].payload("a", NOW), at=NOW - timedelta(days=3))
    work()

    state, reason = outcome()
    assert (state, "old delivery" in reason) == (DeliveryState.IGNORED, True)
