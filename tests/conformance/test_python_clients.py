"""The real Python clients, run as the screen of a source says to paste them."""

import subprocess
import sys

import pytest
from segment.analytics.client import Client

from leads.models import Event, Lead, RejectedEvent
from leads.web.install import CLIENTS, ready_code
from tests.lossy import lossy
from tests.make import make_source

pytestmark = pytest.mark.django_db(transaction=True)

PASTED = [client for client in CLIENTS if client.where == "Python"]
PATIENCE = 60  # seconds


def run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr


def assert_ada_asked_for_a_demo() -> None:
    lead = Lead.objects.get()
    assert (lead.email, lead.first_name) == ("ada@acme.example", "Ada")
    assert sorted(lead.events.values_list("kind", flat=True)) == ["demo_requested", "identified"]
    assert lead.events.get(kind="demo_requested").properties["form"] == "Pricing"
    assert lead.identifiers.get(kind="user_id").value == "crm-user-77"
    assert not RejectedEvent.objects.exists()


@pytest.mark.parametrize("client", PASTED, ids=lambda client: client.key)
def test_what_is_pasted_works(live_server, settings, client):
    settings.PUBLIC_URL = live_server.url

    run(ready_code(client, make_source().write_key))

    assert_ada_asked_for_a_demo()


@pytest.mark.parametrize("client", PASTED, ids=lambda client: client.key)
def test_what_was_stored_and_then_denied_is_stored_once(live_server, settings, client):
    key = make_source().write_key
    with lossy(live_server.url, lambda number: number == 1) as front:
        settings.PUBLIC_URL = front.address
        run(ready_code(client, key))

    assert (front.lost, front.seen) == (1, 2)
    assert_ada_asked_for_a_demo()


def test_ten_thousand_events_arrive_exactly_once_while_a_third_of_the_answers_is_lost(live_server):
    errors: list[Exception] = []
    with lossy(live_server.url, lambda number: number % 3 == 0) as front:
        client = Client(
            make_source().write_key,
            host=front.address,
            on_error=lambda error, batch: errors.append(error),
            max_queue_size=20_000,
            upload_size=100,
            max_retries=10,
            upload_interval=0.01,
        )
        for number in range(10_000):
            client.track(f"user-{number % 50}", "Viewed Video", {"number": number})
        client.flush()
        client.join()

    assert errors == []
    assert front.lost >= front.seen // 3 > 30
    numbers = list(Event.objects.values_list("properties__number", flat=True))
    assert sorted(numbers) == list(range(10_000))
    assert Lead.objects.count() == 50
