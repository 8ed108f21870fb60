"""Events, organizations and the claim queue over REST."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Stage
from tests.make import NOON, make_event, make_lead, make_organization, make_source, make_sql


@pytest.fixture
def api(marketer, api_of):
    return api_of(marketer)


def rows(response):
    assert response.status_code == 200, response.json()
    return response.json()["results"]


def test_events_come_in_the_order_of_their_arrival_the_last_first(api):
    early = make_event(make_lead(), occurred_at=NOON + timedelta(days=1))
    late = make_event(occurred_at=NOON)

    found = rows(api.get("/api/events/"))

    assert [(row["id"], row["lead"]) for row in found] == [(late.pk, None), (early.pk, early.lead_id)]
    assert found[0]["identifier"]["kind"] == "anonymous_id"


def test_events_are_narrowed_down(api):
    lead = make_lead()
    trial = make_event(lead, "trial_started")
    page = make_event(lead)
    shop = make_event(source=make_source("Shop"))

    def ids(query):
        return [row["id"] for row in rows(api.get(f"/api/events/?{query}"))]

    assert ids("kind=trial_started") == [trial.pk]
    assert ids(f"lead={lead.pk}") == [page.pk, trial.pk]
    assert ids("source=Shop") == [shop.pk]
    assert ids(f"lead={lead.pk}&source=Shop") == []


@pytest.mark.parametrize(
    "query", ["lead=x", "lead=0", "lead=99999999999999999999", "page_size=x", "cursor=f", "cursor=fbnVsbA"]
)
def test_an_event_filter_that_cant_be_understood_is_refused(api, query):
    response = api.get(f"/api/events/?{query}")

    assert response.status_code == 400
    assert list(response.json()) == [query.split("=")[0]]


def test_event_pages_show_every_event_once(api):
    made = [make_event().pk for _ in range(5)]

    first = api.get("/api/events/?page_size=2").json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    assert [row["id"] for page in (first, second, third) for row in page["results"]] == made[::-1]
    assert third["next"] is None
    assert api.get(third["previous"]).json()["results"] == second["results"]


@pytest.mark.parametrize("size", [2, 30])
def test_events_cost_as_many_questions_for_many_as_for_few(api, size):
    for number in range(size):
        make_event(make_lead(), source=make_source(f"Source {number}"))

    with CaptureQueriesContext(connection) as queries:
        found = rows(api.get("/api/events/?page_size=200"))

    assert len(found) == size
    assert len(queries) == 2  # whose token it is, and the events


def test_organizations_are_listed_and_found(api):
    first = make_organization("Initech", domain="initech.com", employee_count=120)
    second = make_organization("Umbrella", domain="umbrella.example")

    assert [row["id"] for row in rows(api.get("/api/organizations/"))] == [first.pk, second.pk]
    assert [row["id"] for row in rows(api.get("/api/organizations/?name=INITECH"))] == [first.pk]
    assert [row["id"] for row in rows(api.get("/api/organizations/?domain=Umbrella.example"))] == [second.pk]
    assert api.get(f"/api/organizations/{first.pk}/").json()["employee_count"] == 120
    assert api.get("/api/organizations/999999/").status_code == 404


def test_the_queue_holds_unclaimed_sqls_the_most_urgent_first(api, sales):
    later = make_sql(respond_by=NOON + timedelta(hours=2))
    sooner = make_sql(respond_by=NOON + timedelta(hours=1))
    make_sql(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)
    make_lead(stage=Stage.MQL)

    found = rows(api.get("/api/queue/"))

    assert [row["id"] for row in found] == [sooner.pk, later.pk]
    assert found[0]["respond_by"] == "2026-06-17T13:00:00Z"


def test_queue_pages_show_every_lead_once(api):
    made = [make_sql().pk for _ in range(5)]

    first = api.get("/api/queue/?page_size=3").json()
    second = api.get(first["next"]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == made


@pytest.mark.parametrize("size", [2, 30])
def test_the_queue_costs_as_many_questions_for_many_as_for_few(api, size):
    for _ in range(size):
        make_sql(organization=make_organization())

    with CaptureQueriesContext(connection) as queries:
        found = rows(api.get("/api/queue/?page_size=200"))

    assert len(found) == size
    assert len(queries) == 2  # whose token it is, and the leads
