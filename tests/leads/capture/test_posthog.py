"""What PostHog's clients send and ask, over HTTP."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest

from leads.models import Event, Lead, RejectedEvent
from tests.make import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return make_source().write_key


@pytest.fixture
def post(client):
    def send(path, body, content_type="text/plain", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.generic("POST", path, data, content_type=content_type, **headers)

    return send


def event(**fields):
    return {"event": "eBook Downloaded", "distinct_id": "u1", "uuid": "m-1", "properties": {}, **fields}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", ["/batch", "/capture", "/e", "/i/v0/e"])
def test_every_address_takes_a_batch_and_a_lone_event(post, key, path, slash):
    batch = post(path + slash, {"api_key": key, "batch": [event(), event(uuid="m-2")], "sent_at": None})
    lone = post(path + slash, {"api_key": key, **event(uuid="m-3")})

    assert (batch.status_code, lone.status_code) == (200, 200)
    assert batch.json() == {"success": True}
    assert batch["Access-Control-Allow-Origin"] == "*"
    assert set(Event.objects.values_list("message_id", "kind")) == {
        (message_id, "ebook_downloaded") for message_id in ("m-1", "m-2", "m-3")
    }
    assert Lead.objects.count() == 1


def test_a_bare_list_names_its_key_in_the_events(post, key):
    response = post("/e/", [event(properties={"token": key, "distinct_id": "u1"})])

    assert response.status_code == 200
    assert Event.objects.get().properties == {}


def test_gzip_is_told_by_its_first_bytes(post, key):
    response = post("/e/?compression=gzip-js", gzip.compress(json.dumps({"api_key": key, **event()}).encode()))

    assert response.status_code == 200
    assert Event.objects.get().message_id == "m-1"


def test_a_form_with_base64_is_read_too(post, key):
    data = b"data=" + quote(base64.b64encode(json.dumps([event(properties={"token": key})]).encode())).encode()

    response = post("/e/?compression=base64", data, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert Event.objects.get().message_id == "m-1"


def test_the_key_may_stand_in_the_address(post, key):
    assert post(f"/capture/?api_key={key}", event()).status_code == 200
    assert post(f"/capture/?token={key}", event(uuid="m-2")).status_code == 200
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"api_key": "wk_wrong", "batch": [event()]}, 401, "invalid_write_key"),
        ({"batch": [event()]}, 401, "invalid_write_key"),
        ({"api_key": 7, "batch": [event()]}, 401, "invalid_write_key"),
        ({"api_key": "wk_website", "batch": {}}, 400, "invalid_batch"),
        ({"api_key": "wk_website", "batch": [{}] * 2501}, 400, "too_many_events"),
        (7, 400, "invalid_json"),
        (b"data=%%%", 400, "invalid_json"),
        (b"other=1", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b" " * (5 * 1024 * 1024 + 1), 400, "too_large"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_json(post, key, body, status, code):
    response = post("/batch/", body)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert not Event.objects.exists()


def test_what_cannot_be_read_fails_no_other_event(post, key):
    response = post("/batch/", {"api_key": key, "batch": [7, event(distinct_id="anonymous"), event()]})

    assert response.status_code == 200
    assert Event.objects.count() == 1
    assert list(RejectedEvent.objects.order_by("pk").values_list("reason", flat=True)) == [
        "An event must be an object, got a number.",
        "An event needs a userId or an anonymousId.",
    ]


def test_the_same_event_twice_is_stored_once(post, key):
    for _ in range(2):
        post("/batch/", {"api_key": key, "batch": [event(properties={"$set": {"plan": "pro"}})]})

    assert set(Event.objects.values_list("message_id", flat=True)) == {"m-1", "m-1-set"}


@pytest.mark.parametrize("path", ["/flags/?v=2", "/decide/?v=3", "/array/wk_1/config"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_client_that_asks_for_flags_is_told_that_there_are_none(client, path, method):
    answer = getattr(client, method)(path, {} if method == "get" else "{}", content_type="text/plain")

    assert answer.status_code == 200
    assert (answer.json()["featureFlags"], answer.json()["sessionRecording"]) == ({}, False)
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_browser_may_ask_and_send_from_anywhere(client):
    for path in ("/flags/", "/batch/", "/e/"):
        assert client.options(path, HTTP_ACCESS_CONTROL_REQUEST_HEADERS="content-type").status_code == 204


def test_the_configuration_is_a_script_whatever_the_key(client):
    response = client.get("/array/%22%3C%2Fscript%3E/config.js")

    assert response.status_code in (200, 404)
    ours = client.get("/array/wk_1/config.js")
    assert ours["Content-Type"] == "text/javascript"
    assert ours.content.startswith(b"(window._POSTHOG_REMOTE_CONFIG")
    assert b'["wk_1"] = {"config":{' in ours.content


def test_recordings_are_accepted_and_dropped(post):
    assert post("/s/", b"anything").status_code == 200
    assert not Event.objects.exists()
