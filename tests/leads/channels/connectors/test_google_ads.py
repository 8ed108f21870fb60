"""Google Ads: test data and long ids."""

import pytest

from leads.models import Delivery, Event
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


def test_googles_test_data_makes_no_lead_and_google_ids_keep_their_digits(work):
    said = {**VENDORS["google-ads"].payload("a", AN_HOUR_AGO), "is_test": True}
    connector = send("google-ads", said)
    send("google-ads", {**said, "is_test": False}, connector)
    work()

    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["test", "processed"]
    assert Event.objects.get(kind="form_submitted").properties["form"] == "9223372036854775807"
    assert b"key-of-google" not in b"".join(bytes(body) for body in Delivery.objects.values_list("body", flat=True))
