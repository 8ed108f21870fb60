"""One lead over REST: reading it, claiming it, releasing it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.handoff.claim import claim_lead
from leads.models import Event, LinkKind, Stage, StageChange
from tests.make import NOON, make_event, make_lead, make_link, make_sql


def test_a_lead_is_read_by_its_id(marketer, api_of):
    lead = make_lead("ann@example.com")

    response = api_of(marketer).get(f"/api/leads/{lead.pk}/")

    assert (response.status_code, response.json()["email"]) == (200, "ann@example.com")


def test_a_merged_leads_id_answers_with_the_one_that_stands_for_it(marketer, api_of):
    survivor = make_lead()
    between = make_lead(merged_into=survivor)
    absorbed = make_lead(merged_into=between)

    response = api_of(marketer).get(f"/api/leads/{absorbed.pk}/")

    assert (response.status_code, response.json()["id"]) == (200, survivor.pk)
    assert response["Content-Location"].endswith(f"/api/leads/{survivor.pk}/")


@pytest.mark.parametrize("lead_id", [0, 999_999, 10**30])
def test_a_lead_that_is_not_there_is_not_found(marketer, api_of, lead_id):
    response = api_of(marketer).get(f"/api/leads/{lead_id}/")

    assert (response.status_code, list(response.json())) == (404, ["detail"])


@pytest.mark.parametrize("path", ["/api/leads/abc/", "/api/nothing/"])
def test_an_address_that_is_not_there_is_told_in_json(marketer, api_of, path):
    response = api_of(marketer).get(path)

    assert response.status_code == 404
    assert path in response.json()["detail"]


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_method_that_is_not_offered_is_told_in_json(marketer, api_of, method):
    response = getattr(api_of(marketer), method)(f"/api/leads/{make_lead().pk}/")

    assert response.status_code == 405
    assert method.upper() in response.json()["detail"]


@pytest.mark.parametrize("token", [None, "Token nonsense", "Token", "Bearer x"])
def test_without_a_token_nothing_is_told(client, db, token):
    lead = make_lead("ann@example.com")

    response = client.get(f"/api/leads/{lead.pk}/", headers={"authorization": token} if token else {})

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert "ann@" not in response.content.decode()


def test_the_token_of_somebody_who_left_opens_nothing(sales, api_of):
    api = api_of(sales)
    sales.is_active = False
    sales.save()

    assert api.get("/api/leads/").status_code == 401


def test_a_browser_session_reads_and_needs_the_csrf_token_to_write(sales, signed_in):
    lead = make_sql()
    browser = signed_in(sales)
    browser.handler.enforce_csrf_checks = True

    assert browser.get("/api/leads/").status_code == 200
    assert browser.post(f"/api/leads/{lead.pk}/claim/").status_code == 403


def test_a_leads_events_come_latest_first_and_only_its_own(marketer, api_of):
    lead = make_lead()
    early = make_event(lead, "page_viewed", properties={"path": "/pricing"})
    late = make_event(lead, "trial_started", occurred_at=NOON + timedelta(hours=1))
    make_event(make_lead())

    rows = api_of(marketer).get(f"/api/leads/{lead.pk}/events/").json()["results"]

    assert [row["id"] for row in rows] == [late.pk, early.pk]
    assert rows[1]["properties"] == {"path": "/pricing"}
    assert (rows[0]["kind"], rows[0]["lead"], rows[0]["source"]) == ("trial_started", lead.pk, "Website")
    assert rows[0]["identifier"] == {"kind": "email", "value": lead.email}


def test_a_leads_events_are_paged(marketer, api_of):
    lead = make_lead()
    made = [make_event(lead).pk for _ in range(5)]
    api = api_of(marketer)

    first = api.get(f"/api/leads/{lead.pk}/events/?page_size=3").json()
    second = api.get(first["next"]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == made[::-1]


@pytest.mark.parametrize("size", [2, 30])
def test_events_cost_as_many_questions_for_many_as_for_few(marketer, api_of, size):
    lead = make_lead()
    for _ in range(size):
        make_event(lead)
    api = api_of(marketer)

    with CaptureQueriesContext(connection) as queries:
        rows = api.get(f"/api/leads/{lead.pk}/events/?page_size=200").json()["results"]

    assert len(rows) == size
    assert len(queries) == 3  # whose token it is, the lead, its events


def test_a_claim_makes_the_caller_the_owner(sales, api_of):
    lead = make_sql()

    response = api_of(sales).post(f"/api/leads/{lead.pk}/claim/")

    lead.refresh_from_db()
    assert response.status_code == 200
    assert (response.json()["owner"], response.json()["stage"]) == ("sam", "claimed")
    assert (lead.owner, lead.stage) == (sales, Stage.CLAIMED)
    assert StageChange.objects.get(lead=lead).actor == sales


def test_the_second_claim_is_told_who_was_first_and_when(sales, other_sales, api_of):
    lead = make_sql()
    claimed_at = timezone.now() - timedelta(seconds=10)
    claim_lead(lead, rep=sales, now=claimed_at)

    response = api_of(other_sales).post(f"/api/leads/{lead.pk}/claim/")

    lead.refresh_from_db()
    assert response.status_code == 409
    assert response.json()["claimed_by"] == "sam"
    assert response.json()["claimed_at"] == claimed_at.isoformat().replace("+00:00", "Z")
    assert "Sam Seller" in response.json()["detail"]
    assert lead.owner == sales


def test_a_lead_that_left_the_queue_cant_be_claimed(sales, api_of):
    lead = make_lead(stage=Stage.MQL)

    response = api_of(sales).post(f"/api/leads/{lead.pk}/claim/")

    assert response.status_code == 409
    assert (response.json()["claimed_by"], response.json()["claimed_at"]) == (None, None)
    assert "MQL" in response.json()["detail"]


def test_claiming_is_not_for_marketers(marketer, api_of):
    lead = make_sql()

    response = api_of(marketer).post(f"/api/leads/{lead.pk}/claim/")

    lead.refresh_from_db()
    assert response.status_code == 403
    assert "sales, manager and admin" in response.json()["detail"]
    assert lead.owner is None


def test_a_release_puts_the_lead_back_on_the_same_clock(sales, api_of):
    lead = make_sql()
    claim_lead(lead, rep=sales, now=NOON)

    response = api_of(sales).post(f"/api/leads/{lead.pk}/release/")

    assert response.status_code == 200
    assert (response.json()["owner"], response.json()["stage"]) == (None, "sql")
    assert response.json()["respond_by"] == "2026-06-17T12:30:00Z"


def test_what_another_rep_claimed_is_not_ones_own_to_release(sales, other_sales, api_of):
    lead = make_sql()
    claim_lead(lead, rep=sales, now=NOON)

    response = api_of(other_sales).post(f"/api/leads/{lead.pk}/release/")

    lead.refresh_from_db()
    assert response.status_code == 403
    assert "not claimed by you" in response.json()["detail"]
    assert lead.owner == sales


def test_a_manager_releases_what_a_rep_claimed(sales, manager, api_of):
    lead = make_sql()
    claim_lead(lead, rep=sales, now=NOON)

    assert api_of(manager).post(f"/api/leads/{lead.pk}/release/").status_code == 200


def test_a_click_on_a_leads_own_link_is_that_leads(marketer, api_of, client):
    lead = make_lead("ann@example.com")
    make_link(slug="news", kind=LinkKind.EMAIL)

    response = api_of(marketer).get(f"/api/leads/{lead.pk}/links/news/?message=grounds-march")
    address = response.json()["address"]
    client.get(address.removeprefix(settings.PUBLIC_URL), headers={"user-agent": "Mozilla/5.0 Firefox/140.0"})

    event = Event.objects.get(kind="email_clicked")
    assert (event.lead, event.properties["message"]) == (lead, "grounds-march")


@pytest.mark.parametrize(("slug", "message", "status"), [("none", "", 404), ("news", "m" * 101, 400)])
def test_a_link_that_is_not_there_and_a_message_that_is_too_long_are_refused(marketer, api_of, slug, message, status):
    lead = make_lead("ann@example.com")
    make_link(slug="news")

    response = api_of(marketer).get(f"/api/leads/{lead.pk}/links/{slug}/", {"message": message})

    assert response.status_code == status
