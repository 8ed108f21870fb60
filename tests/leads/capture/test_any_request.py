"""Whatever is sent, the answer is one that clients understand, and a good event beside it is stored."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leads.models import Event
from tests.leads.capture.test_tracking import basic
from tests.make import make_source

NASTY_TEXTS = (
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\U0001f600", "null", "undefined", "[object Object]"),
    *(
        "x" * 101,
        "x" * 301,
        "x" * 400,
        "y" * 40_000,
        "<script>",
        "'; DROP TABLE",
        "%s",
        "a@b",
        "ä@ü.example",
        "+1",
        "+++",
    ),
    *("+999999999999999", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", "now", "1970-01-01"),
    *("2026-06-17T10:00:00.123456789Z", "http://[::1", "//", "https://x.example/" + "p" * 5000),
)
texts = st.sampled_from(NASTY_TEXTS) | st.text(alphabet=st.characters(), max_size=20)
numbers = st.sampled_from([0, -1, 2**31, 2**63, 2**64, 10**400, -(10**18), 1e308, 0.1]) | st.integers() | st.floats()
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
FIELDS = (
    *(
        "type",
        "userId",
        "anonymousId",
        "previousId",
        "groupId",
        "messageId",
        "timestamp",
        "originalTimestamp",
        "sentAt",
    ),
    *("event", "name", "properties", "traits", "context", "integrations", "writeKey"),
)
INNER = (
    *("email", "phone", "name", "firstName", "first_name", "company", "address", "url", "path", "title", "page", "id"),
    *("userAgent", "traits", "website", "employees", "employee_count", "country", "plan", "campaign", "source"),
)
CALLS = ("identify", "track", "page", "screen", "group", "alias")
fields = st.dictionaries(st.sampled_from(INNER), values, max_size=5)
messages = st.dictionaries(st.sampled_from(FIELDS), values | fields, max_size=8).flatmap(
    lambda message: st.sampled_from(CALLS).map(lambda call: {"type": call, "userId": "u1", **message})
)
many = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)


@pytest.fixture
def send(client, db):
    headers = basic(make_source().write_key)

    def post(path, body):
        return client.generic("POST", path, body, content_type="application/json", **headers)

    return post


def nested(depth):
    inside = {}
    for _ in range(depth):
        inside = {"a": inside}
    return inside


@many
@given(st.lists(messages, min_size=1, max_size=4))
@example([{"type": "track", "userId": "u1", "event": "x", "properties": nested(30)}])
@example([{"type": "track", "userId": "u1", "event": "x", "properties": nested(300)}])
@example([{"type": "identify", "userId": "u1", "traits": {"n": float("nan"), "i": float("inf"), "big": 10**4000}}])
@example([{"type": "identify", "userId": "u1", "traits": {f"t{number}": "x" for number in range(3000)}}])
@example([{"type": "identify", "userId": "u1", "traits": {"company": {"name": "\ud800\x00", "id": "x" * 400}}}])
@example([{"type": "group", "userId": "u1", "groupId": "g", "traits": {"employees": 10**12, "website": "http://["}}])
@example([{"type": "alias", "userId": "u1", "previousId": "u1"}])
def test_a_good_event_is_stored_beside_any_others(send, others):
    Event.objects.all().delete()
    good = {"type": "track", "anonymousId": "good", "event": "Good", "messageId": "the-good-one"}
    others = [{**message, "messageId": message.get("messageId", "other")} for message in others]

    response = send("/v1/batch", as_sent({"batch": [*others, good]}))

    assert (response.status_code, response.content) == (200, b'{"success":true}')
    assert Event.objects.filter(message_id="the-good-one").exists()


@many
@given(st.sampled_from([f"/v1/{call}" for call in CALLS]), messages)
def test_any_message_to_any_address_is_answered(send, path, message):
    response = send(path, as_sent(message))

    assert response.status_code in (200, 401)
    assert response.json()["success"] is (response.status_code == 200)


@many
@given(st.binary(max_size=200) | values.map(lambda value: as_sent(value)), st.sampled_from(["track", "batch", "t"]))
@example(b'{"userId":"u1","event":"x","properties":{"a":1e400,"b":-1e999,"c":NaN}}', "track")
@example(b'{"userId":"u1","event":"x","properties":{"a":' + b"9" * 5000 + b"}}", "track")
def test_any_body_is_answered(send, body, call):
    response = send(f"/v1/{call}", body)

    assert response.status_code in (200, 400, 401)
    assert response["Content-Type"] == "application/json"


def as_sent(value):
    """Return JSON as a careless client sends it: NaN, Infinity, lone surrogates and all."""
    return json.dumps(value).encode()
