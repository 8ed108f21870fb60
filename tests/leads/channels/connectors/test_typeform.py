"""Typeform: partial responses."""

import pytest

from leads.models import DeliveryState
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, kinds, outcome, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


def test_a_typeform_that_was_left_halfway_makes_nothing_until_it_is_sent(work):
    said = VENDORS["typeform"].payload("a", AN_HOUR_AGO)
    connector = send("typeform", {**said, "event_type": "form_response_partial"})
    work()
    assert outcome()[0] == DeliveryState.IGNORED

    send("typeform", said, connector)
    work()

    assert kinds() == ["form_submitted"]
