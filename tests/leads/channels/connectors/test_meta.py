"""Meta Lead Ads: the handshake, and requests with many leads."""

import pytest

from leads.models import Delivery, Event
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, ask, send
from tests.leads.channels.connectors.vendors import VENDORS, mac

pytestmark = pytest.mark.django_db


def test_meta_gets_its_challenge_back_for_the_right_token_alone():
    connector = VENDORS["meta"].connect()
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}

    right, wrong = (ask(connector, **query, **{"hub.verify_token": token}) for token in ("verify-me", "guessed"))

    assert (right.status_code, right.content, right["Content-Type"]) == (200, b"1158201444", "text/plain")
    assert wrong.status_code == 403
    connector.refresh_from_db()
    assert connector.verified_at is not None


def test_a_request_of_meta_with_many_leads_is_taken_apart(apis, work):
    one, other = (VENDORS["meta"].payload(name, AN_HOUR_AGO) for name in "ab")
    both = {"object": "page", "entry": one["entry"] + other["entry"]}
    connector = send("meta", both)
    send("meta", one, connector)
    work()

    assert Delivery.objects.count() == 2
    assert sorted(Delivery.objects.values_list("repeats", flat=True)) == [0, 1]
    assert Event.objects.filter(kind="form_submitted").count() == 2
    assert "page-token" not in apis.asked[0][0] + str(apis.asked[0][1])
    assert apis.asked[0][1]["appsecret_proof"] == [mac("app-secret", b"page-token")]
