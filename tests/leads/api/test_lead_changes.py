"""Adding and editing leads over REST."""

import pytest

from leads.models import Lead, Organization, Stage
from tests.make import NOON, make_lead, make_organization

NEW = {"email": "maja@acme.example", "first_name": "Maja"}


@pytest.fixture
def api(marketer, api_of):
    return api_of(marketer)


def test_a_lead_is_added_and_answered(api):
    response = api.post("/api/leads/", {**NEW, "source": "event", "organization": {"name": "Acme"}}, format="json")

    lead = Lead.objects.get()
    assert response.status_code == 201
    assert response["Content-Location"].endswith(f"/api/leads/{lead.pk}/")
    assert (response.json()["id"], response.json()["first_name"], response.json()["source"]) == (
        lead.pk,
        "Maja",
        "event",
    )
    assert response.json()["organization"]["name"] == "Acme"
    assert response.json()["score_due_at"] is not None or response.json()["scored_at"] is not None


def test_fields_are_changed_and_the_others_stay(api):
    lead = make_lead("maja@acme.example", first_name="Maja", attributes={"plan": "free", "size": 4}, facts_version=7)

    response = api.patch(
        f"/api/leads/{lead.pk}/", {"title": "Owner", "attributes": {"plan": "pro", "size": None}}, format="json"
    )

    lead.refresh_from_db()
    assert response.status_code == 200
    assert (lead.title, lead.first_name, lead.attributes) == ("Owner", "Maja", {"plan": "pro"})
    assert lead.facts_version == 8
    assert (response.json()["title"], response.json()["attributes"]) == ("Owner", {"plan": "pro"})


def test_nothing_to_change_changes_nothing(api):
    lead = make_lead(facts_version=7)

    response = api.patch(f"/api/leads/{lead.pk}/", {}, format="json")

    lead.refresh_from_db()
    assert (response.status_code, lead.facts_version) == (200, 7)


def test_an_organization_is_given_by_id_by_name_or_taken_away(api):
    lead, acme = make_lead(), make_organization("Acme")

    def give(organization):
        response = api.patch(f"/api/leads/{lead.pk}/", {"organization": organization}, format="json")
        assert response.status_code == 200, response.json()
        return response.json()["organization"]

    assert give({"id": acme.pk}) == {"id": acme.pk, "name": "Acme"}
    assert give(None) is None
    assert give({"name": "acme"}) == {"id": acme.pk, "name": "Acme"}
    assert give({"name": "Umbrella"})["name"] == "Umbrella"
    assert give({"id": acme.pk, "name": "Acme"}) == {"id": acme.pk, "name": "Acme"}


def test_an_absorbed_leads_id_changes_the_one_that_stands_for_it(api):
    survivor = make_lead()
    absorbed = make_lead(merged_into=survivor)

    response = api.patch(f"/api/leads/{absorbed.pk}/", {"title": "Owner"}, format="json")

    survivor.refresh_from_db()
    assert (response.json()["id"], survivor.title) == (survivor.pk, "Owner")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("stage", "sql", "scoring, claim and release"),
        ("owner", "mia", "claim and release"),
        ("score", 99, "computed"),
        ("id", 7, "never changes"),
        ("created_at", "2026-01-01T00:00:00Z", "never changes"),
        ("shoe_size", 44, "attributes"),
        ("email", "maja at acme", "maja at acme"),
        ("email", "x" * 300 + "@acme.example", "254"),
        ("phone", "070 555 01 42", "country's code"),
        ("kind", "robot", "robot"),
        ("first_name", ["Maja"], "valid string"),
        ("first_name", "M" * 101, "100"),
        ("attributes", "blue", "dictionary"),
        ("organization", "Acme", "must be"),
        ("organization", {"id": 999_999}, "999999"),
        ("organization", {"id": True}, "must be"),
        ("organization", {"id": 10**30}, "must be"),
        ("organization", {"name": " "}, "must be"),
        ("email", "taken@acme.example", "is that of lead"),
    ],
)
def test_what_cant_be_stored_is_named_and_nothing_is(api, field, value, words):
    make_lead("taken@acme.example")
    lead = make_lead("maja@acme.example", first_name="Maja")

    changed = api.patch(f"/api/leads/{lead.pk}/", {"title": "Owner", field: value}, format="json")
    added = api.post("/api/leads/", {"email": "new@acme.example", field: value}, format="json")

    lead.refresh_from_db()
    assert (changed.status_code, added.status_code) == (400, 400)
    assert words in changed.json()[field][0]
    assert words in added.json()[field][0]
    assert (lead.title, lead.stage, lead.email) == ("", Stage.NEW, "maja@acme.example")
    assert Lead.objects.count() == 2
    assert not Organization.objects.exists()


def test_the_channel_is_told_when_the_lead_is_added_and_not_after(api):
    lead = make_lead(source="webinar")

    changed = api.patch(f"/api/leads/{lead.pk}/", {"source": "event"}, format="json")
    unknown = api.post("/api/leads/", {**NEW, "source": "carrier pigeon"}, format="json")

    assert "when the lead is added" in changed.json()["source"][0]
    assert "carrier pigeon" in unknown.json()["source"][0]


def test_a_lead_that_nobody_can_be_reached_at_is_refused(api):
    response = api.post("/api/leads/", {"first_name": "Maja"}, format="json")

    assert response.status_code == 400
    assert "an e-mail address or a phone number" in response.json()["email"][0]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "JSON"),
        (b"\xff\xfe", 400, "UTF-8"),
        (b"[1, 2]", 400, "dictionary"),
        (b'"text"', 400, "dictionary"),
        (b"null", 400, ""),
        (b'{"attributes": {"a": NaN}}', 400, "JSON"),
        (b'{"attributes": {"a": 1e999}}', 400, "JSON"),
        (b'{"attributes": {"a": 1' + b"0" * 400 + b"}}", 400, "out of range: a number of 401 digits"),
        (b'{"attributes": {"a": "\\u0000"}}', 400, "U+0000"),
        (b'{"attributes": {"a": "\\ud800"}}', 400, "UTF-8"),
        (b'{"attributes": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, "JSON"),
        (b'{"first_name": "' + b"x" * 1_100_000 + b'"}', 413, "1048576"),
    ],
)
def test_a_body_that_cant_be_read_is_told_so(api, body, status, words):
    response = api.post("/api/leads/", body, content_type="application/json")

    assert response.status_code == status
    assert words in response.content.decode()
    assert not Lead.objects.exists()


def test_an_escaped_backslash_before_u0000_is_text(api):
    response = api.post(
        "/api/leads/",
        rb'{"email": "maja@acme.example", "attributes": {"a": "\\u0000"}}',
        content_type="application/json",
    )

    assert response.status_code == 201
    assert response.json()["attributes"] == {"a": r"\u0000"}


def test_a_form_is_no_json(api):
    response = api.post("/api/leads/", "email=maja@acme.example", content_type="application/x-www-form-urlencoded")

    assert (response.status_code, list(response.json())) == (415, ["detail"])


def test_a_change_is_found_by_updated_since(api):
    lead = make_lead(scored_at=NOON)

    before = api.get("/api/leads/?updated_since=2026-06-18T00:00:00Z").json()["results"]
    api.patch(f"/api/leads/{lead.pk}/", {"title": "Owner"}, format="json")
    after = api.get("/api/leads/?updated_since=2026-06-18T00:00:00Z").json()["results"]

    assert (before, [row["id"] for row in after]) == ([], [lead.pk])
