"""Requests that are refused whole are kept for whoever installs a client, where their source is known."""

import gzip
import json

import pytest
from django.db import DatabaseError, connection

from leads.capture import refused
from leads.models import RejectedEvent
from tests.leads.capture.test_tracking import basic
from tests.make import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept_yet(monkeypatch):
    monkeypatch.setattr(refused, "_kept", {})


@pytest.fixture
def source():
    return make_source()


def post(client, body, path="/v1/batch", **headers):
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.generic("POST", path, data, content_type="application/json", **headers)


def kept():
    return RejectedEvent.objects.get()


def test_a_body_that_is_no_json_is_kept_as_it_was_sent(client, source):
    response = post(client, b'{"batch": [}\x00\xff', **basic(source.write_key))

    assert response.status_code == 400
    assert kept().source == source
    assert kept().reason.startswith("Refused: The body is not")
    assert kept().body == '{"batch": [}\ufffd'


def test_a_packed_body_is_kept_unpacked(client, source):
    post(client, gzip.compress(b"[1, 2]"), **basic(source.write_key))

    assert kept().body == "[1, 2]"


def test_a_key_that_is_switched_off_is_told(client, source):
    source.is_active = False
    source.save()

    response = post(client, {"writeKey": source.write_key, "batch": []})

    assert response.status_code == 401
    assert kept().source == source
    assert kept().reason == "Refused: This write key is unknown or switched off."


@pytest.mark.parametrize("first", ["header", "body"])
def test_keys_that_disagree_are_told_to_the_source_that_there_is(client, source, first):
    in_header, in_body = (source.write_key, "wk_other") if first == "header" else ("wk_other", source.write_key)

    post(client, {"writeKey": in_body, "batch": []}, **basic(in_header))

    assert kept().reason == "Refused: The write keys in the header, the body and the address must be the same."


def test_a_key_is_found_in_a_body_that_cannot_be_read(client, source):
    post(client, b'{"batch": [1,], "writeKey": "wk_website"}')

    assert kept().source == source


def test_posthogs_requests_are_kept_too(client, source):
    post(client, {"api_key": source.write_key, "batch": {}}, path="/batch/")

    assert kept().reason == "Refused: `batch` must be a list of events, got an object."


@pytest.mark.parametrize("headers", [basic("wk_wrong"), {}, {"HTTP_AUTHORIZATION": "Basic !!!"}, basic("wk\x00")])
def test_nothing_is_kept_of_a_stranger(client, source, headers):
    response = post(client, b"{", **headers)

    assert response.status_code == 400
    assert not RejectedEvent.objects.exists()


def test_a_request_over_the_limit_is_told_without_its_body(client, source):
    post(client, b" " * 600_000, **basic(source.write_key))

    assert kept().reason == "Refused: The body must have at most 512,000 bytes."
    assert kept().body == ""


def test_no_more_than_a_few_a_minute_are_kept(client, source):
    for _ in range(refused.MOST_A_MINUTE + 5):
        assert post(client, b"{", **basic(source.write_key)).status_code == 400

    assert RejectedEvent.objects.count() == refused.MOST_A_MINUTE


def test_a_database_that_is_away_changes_no_answer(client, source):
    def refuse(*args):
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        response = post(client, b"{", **basic(source.write_key))

    assert response.status_code == 400
