"""Each connected service brings somebody who becomes an MQL by the rules of a new installation, over HTTP."""

import json
from datetime import timedelta

import pytest
import requests
from django.conf import settings
from django.utils import timezone

from leads.models import Delivery, Lead, Stage
from tests.leads.channels.connectors.vendors import FORM, JSON, PHONE, VENDORS
from tests.processes import PATIENCE, wait_for

# Their content is fetched from an API, which tests/leads/channels/connectors plays.
FETCHED = ("meta", "linkedin")


@pytest.mark.parametrize("name", [name for name in VENDORS if name not in FETCHED])
def test_a_delivery_makes_an_mql(name, product, monkeypatch):
    vendor = VENDORS[name]
    monkeypatch.setattr(settings, "PUBLIC_URL", product)
    connector = vendor.connect()
    url = f"{product}/hooks/{connector.provider}/{connector.key}/"
    body = vendor.body(vendor.payload("a", timezone.now() - timedelta(hours=1)))
    headers = {**vendor.extra, **vendor.sign(vendor.secret, body, timezone.now(), url)}

    answer = requests.post(
        url, body, headers={"Content-Type": FORM if vendor.is_form else JSON, **headers}, timeout=PATIENCE
    )

    assert (answer.status_code, json.loads(answer.text)) == (200, {})
    assert answer.elapsed < timedelta(seconds=3), "the tightest sender waits for 3 s"
    # A hand-raise goes on to sales at once.
    reached = wait_for(
        lambda: Lead.objects.filter(stage__in=(Stage.MQL, Stage.SQL)).first(),
        f"an MQL of {Delivery.objects.values_list('state', 'reason').first()}",
    )
    assert reached.phone == PHONE if vendor.by_phone else reached.email
