"""Twilio: what is signed, and which calls count."""

import hashlib
import json

import pytest
from django.test import Client
from twilio.request_validator import RequestValidator

from leads.models import Delivery, DeliveryState, Lead
from tests.leads.channels.connectors.sending import NOW, kinds, outcome, send
from tests.leads.channels.connectors.vendors import PHONE, VENDORS

pytestmark = pytest.mark.django_db


def test_behind_a_proxy_the_public_address_is_what_twilio_signed(settings):
    settings.PUBLIC_URL = "https://crm.example.com"

    send("twilio", VENDORS["twilio"].payload("a", NOW))

    assert Delivery.objects.count() == 1


def test_json_from_twilio_is_signed_by_its_hash_in_the_address(settings):
    connector = VENDORS["twilio"].connect()
    body = json.dumps(VENDORS["twilio"].payload("a", NOW)).encode()
    path = f"/hooks/twilio/{connector.key}/?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator("auth-token").compute_signature(settings.PUBLIC_URL + path, {})
    how = {"content_type": "application/json", "headers": {"X-Twilio-Signature": signature}}

    assert Client().post(path, body + b" ", **how).status_code == 401
    assert Client().post(path, body, **how).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"CallStatus": "no-answer"},
        {"CallDuration": "0"},
        {"CallStatus": "ringing"},
        {"From": "+266696687"},
        {"From": ""},
    ],
)
def test_a_call_without_a_conversation_or_a_number_is_no_call(change, work):
    send("twilio", {**VENDORS["twilio"].payload("a", NOW), **change})
    work()

    assert outcome()[0] == DeliveryState.IGNORED
    assert not Lead.objects.exists()


def test_the_steps_of_one_call_count_once_and_our_own_calls_are_ours(work):
    said = VENDORS["twilio"].payload("a", NOW)
    connector = send("twilio", {**said, "CallStatus": "ringing", "SequenceNumber": "1"})
    send("twilio", said, connector)
    send("twilio", {**said, "SequenceNumber": "4"}, connector)
    send(
        "twilio",
        {**said, "CallSid": "CAout", "Direction": "outbound-api", "To": PHONE, "From": "+15005550001"},
        connector,
    )
    work()

    assert kinds() == ["call_made", "call_received"]
    assert Lead.objects.get().phone == PHONE
