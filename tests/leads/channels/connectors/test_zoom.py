"""Zoom: the handshake, registrations and attendance."""

import hashlib
import hmac

import pytest

from leads.models import Delivery, Event, Lead
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, kinds, send
from tests.leads.channels.connectors.vendors import EMAIL, PHONE, VENDORS

pytestmark = pytest.mark.django_db


def test_zoom_gets_its_token_signed_only_if_it_signed_the_request_itself():
    vendor = VENDORS["zoom"]
    connector = vendor.connect()
    body = vendor.body({"event": "endpoint.url_validation", "event_ts": 1, "payload": {"plainToken": "qgg8vlvZRS6"}})

    answer = vendor.send(connector, body)
    stranger = vendor.send(connector, body, secret="guessed")

    signed = hmac.new(b"zoom-token", b"qgg8vlvZRS6", hashlib.sha256).hexdigest()
    assert answer.json() == {"plainToken": "qgg8vlvZRS6", "encryptedToken": signed}
    assert stranger.status_code == 401
    assert not Delivery.objects.exists()


def test_what_a_registrant_of_zoom_answered_is_the_leads(work):
    said = VENDORS["zoom"].payload("a", AN_HOUR_AGO)
    said["payload"]["object"]["registrant"] |= {
        "phone": PHONE,
        "no_of_employees": "51-200",
        "custom_questions": [{"title": "Which machine?", "value": "Two groups"}],
    }
    send("zoom", said)
    work()

    lead = Lead.objects.get()
    assert (lead.first_name, lead.last_name, lead.title, lead.phone) == ("Pia", "Roth", "Head of Office", PHONE)
    assert lead.organization.name == "Harbor Medical"
    assert lead.attributes == {"no_of_employees": "51-200", "Which machine?": "Two groups"}


def test_who_leaves_a_webinar_and_comes_back_attended_once(work):
    joined = VENDORS["zoom"].payload("a", AN_HOUR_AGO)
    joined["event"] = "webinar.participant_joined"
    del joined["payload"]["object"]["registrant"]
    joined["payload"]["object"]["participant"] = {"user_name": "Pia Roth", "email": EMAIL, "user_id": "1"}
    connector = send("zoom", joined)
    send("zoom", {**joined, "event_ts": joined["event_ts"] + 60_000}, connector)
    work()

    assert kinds() == ["webinar_attended"]
    assert Event.objects.get(kind="webinar_attended").properties["webinar"] == "Scoring 101"
