"""Content that is fetched: retries, clients named in settings, expired tokens."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from leads.channels.connectors.connect import replay_failed
from leads.models import DeliveryState, Event, Lead
from tests.leads.channels.connectors.apis import GRAPH_LEAD
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, kinds, outcome, send
from tests.leads.channels.connectors.vendors import EMAIL, VENDORS

pytestmark = pytest.mark.django_db


def test_content_that_cannot_be_fetched_is_pending_and_tried_again(apis, work):
    apis.next = [(500, {}), (400, {"error": {"code": 4, "message": "Too many calls"}})]
    send("meta", VENDORS["meta"].payload("a", AN_HOUR_AGO))
    work()
    assert outcome()[0] == DeliveryState.PENDING
    work()
    assert len(apis.asked) == 1, "not before its time"

    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        work()
        assert "Too many calls" in outcome()[1]
    with time_machine.travel(timezone.now() + timedelta(seconds=120)):
        work()

    assert outcome()[0] == DeliveryState.PROCESSED
    assert kinds() == ["ad_clicked", "form_submitted"]


class Archive:
    """Fetches from somewhere else than Meta: whoever installs LeadCRM may name a client of their own."""

    def __init__(self, secrets):
        self.token = secrets["access_token"]

    def fetch(self, reference):
        return {**GRAPH_LEAD, "ad_id": "", "campaign_name": f"{self.token} for {reference}"}


def test_content_is_fetched_by_the_client_that_settings_name(settings, work):
    settings.CONTENT_CLIENTS = {**settings.CONTENT_CLIENTS, "meta": f"{__name__}.Archive"}
    said = VENDORS["meta"].payload("a", AN_HOUR_AGO)
    send("meta", said)
    work()

    leadgen_id = said["entry"][0]["changes"][0]["value"]["leadgen_id"]
    assert Lead.objects.get().email == EMAIL
    assert Event.objects.get(kind="form_submitted").properties["campaign"] == f"page-token for {leadgen_id}"


def test_a_token_that_expired_fails_at_once_and_a_replay_mends_it(apis, work):
    apis.next = [(400, {"error": {"code": 190, "message": "Session has expired"}})]
    connector = send("meta", VENDORS["meta"].payload("a", AN_HOUR_AGO))
    work()
    assert outcome() == (DeliveryState.FAILED, "Meta did not give the lead: Session has expired")

    assert len(replay_failed(connector, now=timezone.now())) == 1
    work()

    assert outcome()[0] == DeliveryState.PROCESSED
