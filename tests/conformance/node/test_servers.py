"""The real Node clients, run as the screen of a source says to paste them."""

import subprocess
from pathlib import Path

import pytest

from leads.models import Event, Lead
from leads.web.install import CLIENTS, ready_code
from tests.conformance.test_python_clients import assert_ada_asked_for_a_demo
from tests.lossy import lossy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("modules")]

PASTED = [client for client in CLIENTS if client.where == "Node"]
PATIENCE = 120  # seconds


def run(code: str) -> None:
    command = ["node", "--input-type=module", "--eval", code]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("client", PASTED, ids=lambda client: client.key)
def test_what_is_pasted_works(key, client):
    run(ready_code(client, key))

    assert_ada_asked_for_a_demo()


@pytest.mark.parametrize("client", PASTED, ids=lambda client: client.key)
def test_what_was_stored_and_then_denied_is_stored_once(key, live_server, settings, client):
    with lossy(live_server.url, lambda number: number == 1) as front:
        settings.PUBLIC_URL = front.address
        run(ready_code(client, key))

    assert front.lost == 1
    assert front.seen >= 2
    assert_ada_asked_for_a_demo()


MANY = """
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "{key}", host: "{host}", maxRetries: 10, flushAt: 100 });
for (let number = 0; number < 1000; number++) {
  analytics.track({ userId: `user-${number % 10}`, event: "Viewed Video", properties: { number } });
}
await analytics.closeAndFlush();
"""


def test_a_thousand_events_of_segments_node_client_arrive_once_while_a_third_of_the_answers_is_lost(key, live_server):
    with lossy(live_server.url, lambda number: number % 3 == 0) as front:
        run(MANY.replace("{key}", key).replace("{host}", front.address))

    assert front.lost >= 3
    assert sorted(Event.objects.values_list("properties__number", flat=True)) == list(range(1000))
    assert Lead.objects.count() == 10
