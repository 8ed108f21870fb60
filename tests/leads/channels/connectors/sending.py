"""Send deliveries as vendors do, and look at what became of them."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from leads.models import Delivery, Event
from tests.leads.channels.connectors.vendors import VENDORS

NOW = timezone.now()
AN_HOUR_AGO = NOW - timedelta(hours=1)


def send(name, said, connector=None, **how):
    vendor = VENDORS[name]
    connector = connector or vendor.connect()
    answer = vendor.send(connector, vendor.body(said), **how)
    assert answer.status_code == 200, answer.content
    return connector


def outcome() -> tuple[str, str]:
    return Delivery.objects.order_by("-id").values_list("state", "reason").first()


def kinds() -> list[str]:
    return sorted(Event.objects.exclude(kind="identified").values_list("kind", flat=True))


def ask(connector, **query):
    return Client().get(f"/hooks/{connector.provider}/{connector.key}/", query)
