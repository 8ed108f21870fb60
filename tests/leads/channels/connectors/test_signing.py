"""Signatures during the rotation of a secret."""

import pytest
from django.utils import timezone

from tests.leads.channels.connectors.sending import AN_HOUR_AGO
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "header", "between"),
    [("stripe", "Stripe-Signature", ","), ("webhook by Standard Webhooks", "webhook-signature", " ")],
)
def test_of_several_signatures_one_has_to_fit(name, header, between):
    vendor = VENDORS[name]
    connector, now = vendor.connect(), timezone.now()
    body = vendor.body(vendor.payload("a", AN_HOUR_AGO))
    right = vendor.sign(vendor.secret, body, now, "")
    other = vendor.sign("whsec_YW5vdGhlciBzZWNyZXQgb2YgYSB0ZXN0IGFzIGxvbmc=", body, now, "")
    strange = other[header].replace(f"t={now.timestamp():.0f},", "")

    wrong = vendor.send(connector, body, at=now, headers={header: other[header] + between + strange})
    fitting = vendor.send(connector, body, at=now, headers={header: right[header] + between + strange})

    assert (wrong.status_code, fitting.status_code) == (401, 200)
