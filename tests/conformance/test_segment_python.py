"""The real segment-analytics-python client against the running server, in each of its ways of sending."""

import gzip
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from segment.analytics.client import Client

from leads.models import Event, Lead, RejectedEvent, Stage
from tests.make import make_source

JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(live_server):
    return live_server.url


@pytest.fixture
def errors():
    return []


@pytest.fixture
def make_client(host, errors):
    """Return a client of the running server; what it gives up on ends in `errors`."""

    def make(key=None, **options):
        def complain(error, batch):
            errors.append((error, len(batch)))

        key = key or make_source().write_key
        return Client(key, **{"host": host, "on_error": complain, "max_retries": 1, "upload_interval": 0.05, **options})

    return make


def send(client):
    client.page(
        "crm-user-77", name="Pricing", properties={"url": "https://shop.example/pricing"}, anonymous_id="anon-1"
    )
    client.identify("crm-user-77", {"email": "ada@acme.example", "firstName": "Ada", "company": {"name": "Acme"}})
    client.track(
        "crm-user-77", "eBook Downloaded", {"asset": "Playbook", "price": 9.5, "at": datetime(2026, 6, 1, tzinfo=UTC)}
    )
    client.group("crm-user-77", "acme-1", {"name": "Acme", "employees": 240})
    client.screen("crm-user-77", name="Home")
    client.alias("anon-2", "crm-user-77")
    client.flush()
    client.join()


@pytest.mark.parametrize(
    "options", [{}, {"gzip": True}, {"sync_mode": True}, {"upload_size": 2}], ids=["plain", "gzip", "sync", "pairs"]
)
def test_every_call_arrives_in_every_way_of_sending(make_client, errors, options):
    client = make_client(**options)

    if options.get("sync_mode"):
        client.join = lambda: None  # its own join expects a thread that this mode does not start
    send(client)

    assert errors == []
    assert not RejectedEvent.objects.exists()
    lead = Lead.objects.current().get()
    kinds = sorted(lead.events.values_list("kind", flat=True))
    assert kinds == ["aliased", "ebook_downloaded", "grouped", "identified", "page_viewed", "page_viewed"]
    assert (lead.email, lead.first_name) == ("ada@acme.example", "Ada")
    assert (lead.organization.external_id, lead.organization.employee_count) == ("acme-1", 240)
    assert lead.events.get(name="Pricing").properties["path"] == "/pricing"
    assert lead.stage in Stage.values


def test_a_thousand_events_arrive_once_each(make_client, errors):
    client = make_client()

    for number in range(1000):
        client.track(f"user-{number % 10}", "Viewed", {"number": number})
    client.flush()
    client.join()

    assert errors == []
    assert Event.objects.count() == 1000
    assert Lead.objects.count() == 10


def test_times_are_those_of_the_client(make_client):
    client = make_client()

    client.track("u1", "Viewed", timestamp=JUNE)
    client.flush()
    client.join()

    # The client says when it sent the batch, a moment before it is received.
    late = Event.objects.get().occurred_at - JUNE
    assert 0 <= late.total_seconds() < 5


def test_a_wrong_key_is_final_and_told_to_the_client(make_client, errors):
    client = make_client("wk_wrong")

    client.track("u1", "Viewed")
    client.flush()
    client.join()

    (error, count) = errors[0]
    assert (count, error.status, error.code) == (1, 401, "invalid_write_key")
    assert not Event.objects.exists()


class Lossy(BaseHTTPRequestHandler):
    """Hands requests on to the server, but loses the first answer: the client can't know that all went well."""

    target = ""
    lost = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = requests.post(self.target + self.path, body, headers=dict(self.headers), timeout=10)
        type(self).lost += 1
        self.send_response(503 if self.lost == 1 else answer.status_code)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *args):
        pass


def test_what_a_client_sends_again_is_stored_once(make_client, errors, host):
    handler = type("Handler", (Lossy,), {"target": host})
    proxy = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    client = make_client(host=f"http://127.0.0.1:{proxy.server_port}", max_retries=3)

    client.track("u1", "Viewed")
    client.flush()
    client.join()
    proxy.shutdown()

    assert errors == []
    assert handler.lost == 2
    assert Event.objects.count() == 1


def test_a_client_that_calls_gzip_a_form_is_understood(host):
    body = gzip.compress(json.dumps({"batch": [{"type": "track", "userId": "u1", "event": "Viewed"}]}).encode())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}

    answer = requests.post(f"{host}/v1/batch", body, headers=headers, auth=(make_source().write_key, ""), timeout=10)

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert Event.objects.count() == 1
