"""Each connected service brings somebody who becomes an MQL by the rules of a new installation, over HTTP."""

import json
from datetime import timedelta

import pytest
import requests
from django.conf import settings
from django.utils import timezone

from leads.models import Connector, Delivery, Lead, Stage
from tests.leads.channels.connectors.vendors import EMAIL, FORM, JSON, PHONE, VENDORS, mac
from tests.processes import PATIENCE, wait_for

CHALLENGE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"


def address_of(product: str, connector: Connector) -> str:
    return f"{product}/hooks/{connector.provider}/{connector.key}/"


def deliver(vendor, url: str, said: dict) -> requests.Response:
    """Send what a vendor sends, signed as it signs."""
    body = vendor.body(said)
    headers = {**vendor.extra, **vendor.sign(vendor.secret, body, timezone.now(), url)}
    kind = FORM if vendor.is_form else JSON
    return requests.post(url, body, headers={"Content-Type": kind, **headers}, timeout=PATIENCE)


@pytest.mark.parametrize("name", VENDORS)
def test_a_delivery_makes_an_mql(name, product, monkeypatch):
    vendor = VENDORS[name]
    monkeypatch.setattr(settings, "PUBLIC_URL", product)
    url = address_of(product, vendor.connect())

    answer = deliver(vendor, url, vendor.payload("a", timezone.now() - timedelta(hours=1)))

    assert (answer.status_code, json.loads(answer.text)) == (200, {})
    assert answer.elapsed < timedelta(seconds=3), "the tightest sender waits for 3 s"
    # A hand-raise goes on to sales at once.
    try:
        reached = wait_for(lambda: Lead.objects.filter(stage__in=(Stage.MQL, Stage.SQL)).first(), "an MQL")
    except AssertionError as error:
        raise AssertionError(f"{error} of {Delivery.objects.values_list('state', 'reason').first()}") from None
    assert (reached.phone == PHONE) if vendor.by_phone else (reached.email == EMAIL)


def challenge_of_meta(url: str) -> tuple[str, str]:
    query = {"hub.mode": "subscribe", "hub.challenge": CHALLENGE, "hub.verify_token": "verify-me"}
    return requests.get(url, query, timeout=PATIENCE).text, CHALLENGE


def challenge_of_linkedin(url: str) -> tuple[str, str]:
    answer = requests.get(url, {"challengeCode": CHALLENGE, "applicationId": "7"}, timeout=PATIENCE)
    return answer.json()["challengeResponse"], mac("client-secret", CHALLENGE.encode())


def challenge_of_zoom(url: str) -> tuple[str, str]:
    said = {"event": "endpoint.url_validation", "event_ts": 1, "payload": {"plainToken": CHALLENGE}}
    return deliver(VENDORS["zoom"], url, said).json()["encryptedToken"], mac("zoom-token", CHALLENGE.encode())


@pytest.mark.parametrize(
    ("name", "challenge"),
    [("meta", challenge_of_meta), ("linkedin", challenge_of_linkedin), ("zoom", challenge_of_zoom)],
)
def test_a_vendor_that_tries_the_address_first_is_answered_as_it_expects(name, challenge, product):
    given, expected = challenge(address_of(product, VENDORS[name].connect()))

    assert given == expected
    assert not Delivery.objects.exists()
