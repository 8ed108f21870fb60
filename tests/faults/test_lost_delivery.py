"""A vendor's delivery is stored and its worker dies before, or while, it is worked on: it is told exactly once."""

import os
import signal

import pytest
import requests
from django.db import connection, transaction
from django.utils import timezone

from leads.channels.connectors.process import LEASE
from leads.models import Delivery, DeliveryState, Event, Lead
from tests.leads.channels.connectors.vendors import EMAIL, VENDORS
from tests.make import NOON
from tests.processes import PATIENCE, wait_for


@pytest.fixture
def stripe(house):
    return VENDORS["stripe"].connect()


def deliver(house, connector, name="a") -> None:
    """Deliver a trial over HTTP to the running web server."""
    vendor = VENDORS["stripe"]
    body = vendor.body(vendor.payload(name, NOON))
    headers = vendor.sign(vendor.secret, body, timezone.now(), "")
    answer = requests.post(f"{house.address}/hooks/stripe/{connector.key}/", body, headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (200, "{}")


def is_processed() -> bool:
    return not Delivery.objects.exclude(state=DeliveryState.PROCESSED).exists()


def assert_told_once() -> None:
    assert list(Event.objects.values_list("kind", flat=True)) == ["trial_started"]
    assert Lead.objects.get().email == EMAIL
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.events_made, delivery.lead) == (DeliveryState.PROCESSED, 1, Lead.objects.get())


def test_a_task_that_was_lost_is_found_by_the_sweep(house, stripe):
    for worker in house.workers.values():
        worker.kill()
    deliver(house, stripe)
    house.forget()
    assert Delivery.objects.get().state == DeliveryState.WAITING

    house.open()
    wait_for(is_processed, "the sweep to find the delivery")

    assert_told_once()


def test_a_worker_killed_inside_its_transaction_leaves_the_delivery_to_the_next(house, stripe):
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The outcome can be read but the events can't be written: a worker stands still in its transaction.
            cursor.execute("LOCK TABLE leads_event IN SHARE MODE")
        deliver(house, stripe)
        victim = min(wait_for(house.waiting_for_a_lock, "a worker inside its transaction"))
        for pid in house.workers[victim].children():
            os.kill(pid, signal.SIGKILL)
    wait_for(is_processed, "another worker to take it over", LEASE.total_seconds() + PATIENCE)

    assert_told_once()
