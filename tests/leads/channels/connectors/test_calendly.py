"""Calendly: meetings that move."""

from datetime import timedelta

import pytest

from tests.leads.channels.connectors.sending import AN_HOUR_AGO, NOW, kinds, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_meeting_that_moves_is_booked_once_in_whatever_order_it_is_told(order, work):
    vendor = VENDORS["calendly"]
    first, second = vendor.payload("a", AN_HOUR_AGO), vendor.payload("b", NOW - timedelta(minutes=5))
    cancelled = vendor.payload("a", NOW - timedelta(minutes=6)) | {"event": "invitee.canceled"}
    cancelled["payload"] |= {"rescheduled": True, "status": "canceled"}
    second["payload"]["old_invitee"] = first["payload"]["uri"]
    connector = vendor.connect()

    for number in order:
        send("calendly", [first, cancelled, second][number], connector)
    work()

    assert kinds() == ["meeting_booked", "meeting_rescheduled"]
