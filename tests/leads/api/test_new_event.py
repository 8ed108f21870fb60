"""Recording events over REST."""

import pytest
from django.db import OperationalError

from leads.api.errors import answer_error
from leads.models import Event, Identifier, Lead, Source
from tests.make import NOON, make_event, make_lead

TRIAL = {"event": "Trial Started", "message_id": "m-1", "occurred_at": "2026-06-17T12:00:00Z"}


@pytest.fixture
def api(marketer, api_of):
    return api_of(marketer)


def test_an_event_of_a_lead_is_stored_and_makes_its_score_due(api):
    lead = make_lead(facts_version=7)

    response = api.post("/api/events/", {**TRIAL, "lead": lead.pk, "properties": {"plan": "Team"}}, format="json")

    lead.refresh_from_db()
    event = Event.objects.get()
    assert response.status_code == 201, response.json()
    assert response.json()["id"] == event.pk
    assert (event.lead, event.kind, event.name, event.occurred_at) == (lead, "trial_started", "Trial Started", NOON)
    assert (event.properties, event.source.name) == ({"plan": "Team"}, "REST: mia")
    assert (lead.last_event_at, lead.last_event_kind) == (NOON, "trial_started")
    assert lead.facts_version > 7


@pytest.mark.parametrize(
    ("whom", "kind", "value"),
    [
        ({"email": "Ann@Acme.example"}, "email", "ann@acme.example"),
        ({"phone": "+46 70 555 01 42"}, "phone", "+46705550142"),
        ({"user_id": "u-7", "email": "ann@acme.example"}, "user_id", "u-7"),
    ],
)
def test_somebody_new_becomes_a_lead_by_what_identifies_them(api, whom, kind, value):
    response = api.post("/api/events/", {**TRIAL, **whom}, format="json")

    lead = Lead.objects.get()
    assert response.json()["lead"] == lead.pk
    assert response.json()["identifier"] == {"kind": kind, "value": value}
    assert Identifier.objects.get(kind=kind, value=value).lead == lead


def test_a_visitor_stays_a_visitor(api):
    response = api.post("/api/events/", {"event": "Page Viewed", "anonymous_id": "a-1"}, format="json")

    assert (response.status_code, response.json()["lead"]) == (201, None)
    assert not Lead.objects.exists()


def test_the_same_message_is_stored_once(api):
    lead = make_lead()

    first = api.post("/api/events/", {**TRIAL, "lead": lead.pk}, format="json")
    again = api.post("/api/events/", {**TRIAL, "lead": lead.pk}, format="json")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Event.objects.count() == 1


def test_each_user_has_one_source_of_their_own(api, sales, api_of):
    lead = make_lead()
    for client in (api, api, api_of(sales)):
        client.post("/api/events/", {**TRIAL, "lead": lead.pk}, format="json")

    assert sorted(Source.objects.values_list("name", flat=True)) == ["REST: mia", "REST: sam"]
    assert Event.objects.count() == 2


def test_a_merged_leads_event_is_the_one_that_stands_for_it(api):
    survivor = make_lead()
    absorbed = make_lead(email="", merged_into=survivor)

    response = api.post("/api/events/", {**TRIAL, "lead": absorbed.pk}, format="json")

    assert response.json()["lead"] == survivor.pk


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({}, "event", "required"),
        ({"event": " ", "lead": "x"}, "lead", "integer"),
        ({"event": "Trial Started"}, "non_field_errors", "anonymous_id"),
        ({"event": "Trial Started", "lead": 999_999}, "lead", "no lead 999999"),
        ({"event": "Trial Started", "email": "ann at acme"}, "email", "got 'ann at acme'"),
        ({"event": "Trial Started", "phone": "070 555"}, "phone", "country's code"),
        ({"event": "Trial Started", "user_id": "u", "occurred_at": "soon"}, "occurred_at", "got 'soon'"),
        ({"event": "Trial Started", "user_id": "u", "message_id": "m" * 101}, "message_id", "100"),
        ({"event": "Trial Started", "user_id": "u", "properties": [1]}, "properties", "dictionary"),
        ({"event": "Trial Started", "user_id": "u", "properties": {"a": "x" * 33_000}}, "properties", "32768"),
    ],
)
def test_what_cant_be_understood_is_named_and_nothing_is_stored(api, said, field, words):
    response = api.post("/api/events/", said, format="json")

    assert response.status_code == 400
    assert words in response.json()[field][0]
    assert not Event.objects.exists()
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"event": "Trial Started", "user_id": "null"},
        {"event": "Trial Started", "user_id": "u", "occurred_at": "1960-01-01T00:00:00Z"},
    ],
)
def test_what_the_tracking_api_would_reject_is_refused_with_its_reason(api, said):
    response = api.post("/api/events/", said, format="json")

    assert response.status_code == 400
    assert response.json()["detail"]
    assert not Event.objects.exists()


def test_a_database_that_is_busy_asks_to_try_again():
    response = answer_error(OperationalError("database is locked"), {})

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert "try again" in response.data["detail"]


def test_a_later_event_of_the_same_lead_is_listed_after(api):
    lead = make_lead()
    make_event(lead)

    response = api.post("/api/events/", {**TRIAL, "lead": lead.pk}, format="json")

    assert api.get("/api/events/").json()["results"][0]["id"] == response.json()["id"]
