"""The tracking API over HTTP: what is answered, and what is stored by then."""

import base64
import gzip
import io
import json

import pytest
from django.db import OperationalError, connection

from leads.models import Event, Identifier, Lead, RejectedEvent
from tests.faulty import failing_at
from tests.make import make_source

pytestmark = pytest.mark.django_db


def basic(key):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


@pytest.fixture
def key():
    return make_source().write_key


@pytest.fixture
def post(client, key):
    def send(path, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body)
        if "HTTP_AUTHORIZATION" not in headers:
            headers |= basic(key)
        return client.post(path, data, content_type="application/json", **headers)

    return send


JOURNEY = {
    "batch": [
        {
            "type": "identify",
            "userId": "crm-user-77",
            "anonymousId": "anon-5f2",
            "messageId": "m-1",
            "timestamp": "2026-06-17T10:00:00.000Z",
            "traits": {
                "email": "ada@acme-robotics.example",
                "firstName": "Ada",
                "phone": "+15005550006",
                "title": "VP Operations",
                "company": {"name": "Acme Robotics", "employee_count": 240},
                "favouriteColour": "teal",
            },
        },
        {
            "type": "track",
            "anonymousId": "anon-5f2",
            "event": "eBook Downloaded",
            "properties": {"asset": "Warehouse Playbook"},
            "messageId": "m-2",
            "timestamp": "2026-06-17T10:00:01.000Z",
        },
    ],
    "sentAt": "2026-06-17T10:00:02.000Z",
}


def test_a_batch_makes_a_lead_with_its_traits_and_events(post):
    response = post("/v1/batch", JOURNEY)

    assert response.status_code == 200
    assert response.json() == {"success": True}
    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.first_name) == ("ada@acme-robotics.example", "+15005550006", "Ada")
    assert (lead.title, lead.organization.name, lead.organization.employee_count) == (
        "VP Operations",
        "Acme Robotics",
        240,
    )
    assert lead.attributes == {"favouriteColour": "teal"}
    assert lead.last_event_kind == "ebook_downloaded"
    assert lead.source == "ebook"
    assert lead.score_due_at is not None
    assert set(lead.events.values_list("kind", "name")) == {
        ("identified", ""),
        ("ebook_downloaded", "eBook Downloaded"),
    }
    assert Identifier.objects.filter(lead=lead).count() == 4
    assert lead.search.text == "ada ada@acme-robotics.example +15005550006 acme robotics"


def stored():
    return Event.objects.order_by("pk").last()


def track(**fields):
    return {"userId": "u1", "event": "Viewed", "messageId": "m-1", **fields}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/v1/identify", {"userId": "u1", "traits": {"plan": "pro"}}, "identified"),
        ("/v1/track", track(event="E-Book Download"), "ebook_downloaded"),
        ("/v1/page", {"anonymousId": "a1", "name": "Pricing"}, "page_viewed"),
        ("/v1/screen", {"userId": "u1", "name": "Home"}, "page_viewed"),
        ("/v1/group", {"userId": "u1", "groupId": "g1"}, "grouped"),
        ("/v1/alias", {"userId": "u1", "previousId": "a1"}, "aliased"),
        ("/v1/batch", {"batch": [{"type": "track", **track()}]}, "viewed"),
        ("/v1/import", {"batch": [{"type": "track", **track()}]}, "viewed"),
        ("/v1/i", {"userId": "u1"}, "identified"),
        ("/v1/t", track(), "viewed"),
        ("/v1/p", {"userId": "u1"}, "page_viewed"),
        ("/v1/s", {"userId": "u1"}, "page_viewed"),
        ("/v1/g", {"userId": "u1", "groupId": 7}, "grouped"),
        ("/v1/a", {"userId": "u1", "previousId": "a1"}, "aliased"),
        ("/v1/b", {"batch": [{"type": "page", "userId": "u1"}]}, "page_viewed"),
        ("/beacon/v1/batch", {"batch": [{"type": "page", "userId": "u1"}]}, "page_viewed"),
    ],
)
def test_every_address_stores_its_kind_of_event(post, path, body, kind, slash):
    response = post(path + slash, body)

    assert (response.status_code, response.content) == (200, b'{"success":true}')
    assert stored().kind == kind


def test_what_a_client_measures_of_itself_is_accepted_and_dropped(post):
    response = post("/v1/m", {"series": []})

    assert response.json() == {"success": True}
    assert not Event.objects.exists()


def test_an_unknown_address_is_a_404_in_json(post):
    response = post("/v1/nothing", {})

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_the_content_type_does_not_matter(client, key, content_type):
    response = client.generic("POST", "/v1/track", json.dumps(track()), content_type=content_type, **basic(key))

    assert response.status_code == 200
    assert stored().name == "Viewed"


@pytest.mark.parametrize("headers", [{}, {"HTTP_CONTENT_ENCODING": "gzip"}])
def test_gzip_is_seen_by_its_first_bytes(post, headers):
    response = post("/v1/track", gzip.compress(json.dumps(track()).encode()), **headers)

    assert response.status_code == 200
    assert stored().name == "Viewed"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[]", "invalid_json"),
        (b"null", "invalid_json"),
        (b'"text"', "invalid_json"),
        (b"\xff\xfe{}", "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b'{"a":' * 50_000, "invalid_json"),
        (b" " * (500 * 1024 + 1), "too_large"),
        (gzip.compress(b" " * 50_000_000, mtime=0), "too_large"),
        (gzip.compress(b"{}" * 1000, mtime=0)[:-9], "invalid_gzip"),
        (b"\x1f\x8bnot gzip at all", "invalid_gzip"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_400_in_json(post, body, code):
    response = post("/v1/track", body)

    answer = response.json()
    assert response.status_code == 400
    assert (answer["success"], answer["code"]) == (False, code)
    assert isinstance(answer["message"], str)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("batch", "code"),
    [(None, "invalid_batch"), ({}, "invalid_batch"), ("x", "invalid_batch"), ([1] * 2501, "too_many_events")],
)
def test_a_batch_must_be_a_list_of_at_most_2500(post, batch, code):
    response = post("/v1/batch", {"batch": batch})

    assert response.status_code == 400
    assert response.json()["code"] == code


def test_an_empty_batch_is_a_success(post):
    assert post("/v1/batch", {"batch": []}).status_code == 200


def unauthorized(response):
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_write_key"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not Event.objects.exists()


def test_the_write_key_may_stand_in_the_header_the_body_or_the_address(client, key):
    def send(path="/v1/track", **fields):
        return client.post(path, json.dumps(track(**fields)), content_type="text/plain")

    assert send(writeKey=key).status_code == 200
    assert send(f"/v1/track?writeKey={key}").status_code == 200
    assert send().status_code == 401


def test_an_unknown_key_is_refused(post):
    unauthorized(post("/v1/track", track(), **basic("wk_wrong")))


def test_keys_that_disagree_are_refused(post, key):
    unauthorized(post("/v1/track", track(writeKey="wk_other")))


@pytest.mark.parametrize("header", ["Basic !!!", "Basic", "Basic //79/Q==", "Bearer token"])
def test_a_header_without_a_key_is_refused(post, header):
    unauthorized(post("/v1/track", track(), HTTP_AUTHORIZATION=header))


@pytest.mark.parametrize("value", [7, True, [], {}])
def test_a_key_that_is_no_text_is_refused(post, value):
    unauthorized(post("/v1/track", track(writeKey=value), HTTP_AUTHORIZATION=""))


def test_a_key_switched_off_stops_working(post):
    post("/v1/track", track())
    source = make_source()
    source.is_active = False
    source.save()

    assert post("/v1/track", track()).status_code == 401


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_other_methods_are_a_405_in_json(client, method):
    response = getattr(client, method)("/v1/track")

    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"
    if method != "head":
        assert response.json()["code"] == "method_not_allowed"


def test_a_browser_may_ask_first_without_a_key(client):
    asked = "authorization,x-retry-count"
    response = client.options("/v1/t", HTTP_ORIGIN="https://shop.example", HTTP_ACCESS_CONTROL_REQUEST_HEADERS=asked)

    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Headers"] == asked
    assert response["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    assert response["Access-Control-Max-Age"] == "86400"


def test_a_browser_that_names_no_headers_is_told_all_that_clients_send(client):
    allowed = client.options("/v1/t")["Access-Control-Allow-Headers"]

    for name in ("authorization", "content-type", "x-retry-count", "anonymousid", "sentat", "rsa-retry-attempt"):
        assert name in allowed


def test_no_cookie_is_set_and_nothing_is_redirected(post, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = post("/v1/track/", track())

    assert response.status_code == 200
    assert not response.cookies


def test_a_bad_event_does_not_fail_its_neighbours(post):
    good = {"type": "track", **track()}
    bad = [{"type": "track", "event": "x"}, 7, None, [], "x", {"type": "dance", "userId": "u1"}, {"userId": "u1"}]

    response = post("/v1/batch", {"batch": [*bad, good]})

    assert response.status_code == 200
    assert Event.objects.count() == 1
    assert RejectedEvent.objects.count() == len(bad)
    assert RejectedEvent.objects.order_by("pk").first().reason == "An event needs a userId or an anonymousId."


def test_a_fault_of_ours_asks_to_send_again(post):
    with failing_at("", error=TypeError("a mistake of ours")):
        response = post("/v1/track", track())

    assert response.status_code == 503
    assert not Event.objects.exists()


def test_trouble_with_the_database_asks_to_send_again(post):
    post("/v1/track", track())

    with connection.execute_wrapper(refuse):
        response = post("/v1/track", track(messageId="m-2"))

    assert response.status_code == 503
    assert response.json()["code"] == "unavailable"
    assert int(response["Retry-After"]) > 0
    assert response["Access-Control-Allow-Origin"] == "*"


def refuse(execute, sql, params, many, context):
    raise OperationalError("gone")


def test_a_body_in_chunks_is_read_to_its_end(client, key):
    body = json.dumps(track()).encode()
    # As the app server hands it over: put together, without a length.
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(body)}

    assert client.generic("POST", "/v1/track", **basic(key), **chunked).status_code == 200
    assert stored().name == "Viewed"


def test_a_packed_batch_may_be_as_large_as_rudderstacks_clients_fill_it(post):
    batch = [
        {"type": "track", **track(messageId=f"m-{number}", properties={"a": "x" * 30_000})} for number in range(100)
    ]

    response = post("/v1/batch", gzip.compress(json.dumps({"batch": batch}).encode()))

    assert response.status_code == 200
    assert Event.objects.count() == 100


def test_the_campaign_that_comes_beside_an_event_is_kept_with_it(post):
    campaign = {"source": "news", "medium": "email", "name": "June", "gclid": "abc", "other": "x", "term": 7}
    page = {"url": "https://shop.example/pricing?utm_source=other&li_fat_id=li-1"}

    post("/v1/track", track(context={"campaign": campaign, "page": page}))

    assert stored().properties == {
        "utm_source": "news",
        "utm_medium": "email",
        "utm_campaign": "June",
        "gclid": "abc",
        "li_fat_id": "li-1",
        "path": "/pricing",
    }


def test_what_an_event_says_itself_of_its_campaign_is_believed_first(post):
    post("/v1/page", {"userId": "u1", "properties": {"utm_source": "own", "url": "https://x.example/?utm_source=url"}})

    assert stored().properties["utm_source"] == "own"


def test_an_address_that_cannot_be_read_is_a_400_in_json(post, settings):
    too_many = range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)
    response = post("/v1/track?" + "&".join(f"a{number}=1" for number in too_many), track())

    assert response.status_code == 400
    assert response.json()["code"] == "invalid_request"
