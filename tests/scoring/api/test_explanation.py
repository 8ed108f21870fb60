"""GET /api/leads/<id>/explanation/: the score computed afresh, as of any time, and why."""

from datetime import timedelta
from math import fsum

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Lead, Stage, StageChange
from scoring.models import RuleSet, RuleSetStatus
from tests.make import NOON, make_event, make_lead
from tests.make_rules import MANAGER, PRICING, TRIAL, publish_rules

AT_NOON = "2026-06-17T12:00:00Z"
TWO_WEEKS_LATER = "2026-07-01T12:00:00Z"


@pytest.fixture
def api(marketer, api_of):
    publish_rules([TRIAL, PRICING], fit=[MANAGER])
    return api_of(marketer)


@pytest.fixture
def lead(db):
    """Return an office manager who started a trial and saw five pages of prices, all at noon."""
    lead = make_lead(title="Office Manager")
    make_event(lead, "trial_started")
    for _ in range(5):
        make_event(lead, "page_viewed", properties={"path": "/pricing/teams"})
    return lead


def explain(api, lead, as_of=AT_NOON):
    response = api.get(f"/api/leads/{lead.pk}/explanation/?as_of={as_of}")
    assert response.status_code == 200, response.json()
    return response.json()


def test_it_has_all_that_the_contract_names(api, lead):
    found = explain(api, lead)

    assert set(found) == {
        *("score", "fit", "behaviour", "as_of", "rule_set", "entries"),
        *("persona", "journeys", "stage", "stage_reason"),
    }
    assert set(found["entries"][0]) >= {"rule", "kind", "points_given", "points_now", "count", "last_at"}
    assert found["rule_set"] == RuleSet.objects.get(status=RuleSetStatus.LIVE).version
    assert found["as_of"].startswith("2026-06-17T12:00:00")
    assert (found["persona"], found["journeys"]) == (None, [])


def test_the_entries_sum_to_the_score(api, lead):
    # Trial 15, three of five price views a week 6, office manager 12.
    found = explain(api, lead)

    assert found["score"] == pytest.approx(33.0)
    assert (found["fit"], found["behaviour"]) == (pytest.approx(12.0), pytest.approx(21.0))
    assert fsum(entry["points_now"] for entry in found["entries"]) == pytest.approx(found["score"], abs=1e-6)


def test_it_is_computed_as_of_the_time_asked_for(api, lead):
    # A half-life later: 7.5 and 3 are left of 15 and 6, the 12 for who the lead is stay.
    later = explain(api, lead, TWO_WEEKS_LATER)
    before = explain(api, lead, "2026-06-17T11:59:59Z")

    assert later["score"] == pytest.approx(22.5)
    assert {entry["rule"]: entry["points_now"] for entry in later["entries"]} == {
        "Trial started": pytest.approx(7.5),
        "Viewed pricing": pytest.approx(3.0),
        "Role": pytest.approx(12.0),
    }
    assert before["score"] == pytest.approx(12.0)


def test_the_time_may_be_of_any_zone_and_is_now_unless_given(api, lead):
    bare = api.get(f"/api/leads/{lead.pk}/explanation/").json()

    assert explain(api, lead, "2026-07-01T14:00:00%2B02:00")["score"] == pytest.approx(22.5)
    assert explain(api, lead, "2026-07-01T12:00:00")["score"] == pytest.approx(22.5)
    assert bare["fit"] == pytest.approx(12.0)


def test_a_time_between_two_recycles_knows_the_first_and_one_before_both_knows_none(api, lead):
    # 15 points of a trial at noon, another 9 days later; recycled after 7 and after 14 days.
    make_event(lead, "trial_started", occurred_at=NOON + timedelta(days=9))
    for day in (7, 14):
        recycle(lead, at=NOON + timedelta(days=day))

    found = {
        day: explain(api, lead, (NOON + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ"))["behaviour"]
        for day in (0, 7, 9, 14)
    }

    assert found == {0: pytest.approx(21.0), 7: 0, 9: pytest.approx(15.0), 14: 0}


def recycle(lead, at):
    StageChange.objects.create(
        lead=lead, from_stage=Stage.SQL, to_stage=Stage.RECYCLED, reason="Not now.", changed_at=at, evidence=[]
    )
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.RECYCLED, recycled_at=at)


def test_stage_and_reason_are_those_of_that_time(api, lead):
    def move(to_stage, reason, when):
        StageChange.objects.create(
            lead=lead, from_stage=Stage.NEW, to_stage=to_stage, reason=reason, changed_at=when, evidence=[]
        )

    move(Stage.MQL, "Trial started.", NOON)
    move(Stage.SQL, "Asked for a demo.", NOON + timedelta(days=1))

    then, later = explain(api, lead), explain(api, lead, TWO_WEEKS_LATER)

    assert (then["stage"], then["stage_reason"]) == ("mql", "Trial started.")
    assert (later["stage"], later["stage_reason"]) == ("sql", "Asked for a demo.")


def test_a_merged_lead_is_explained_by_the_one_that_stands_for_it(api, lead):
    absorbed = make_lead(merged_into=lead)

    assert explain(api, absorbed)["score"] == pytest.approx(33.0)


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01T00:00:00Z", "0", "9" * 400, "0001-01-01T00:00:00%2B14:00"])
def test_a_time_that_cant_be_understood_is_refused(api, lead, as_of):
    response = api.get(f"/api/leads/{lead.pk}/explanation/?as_of={as_of}")

    assert response.status_code == 400
    assert "2026-06-17T12:00:00Z" in response.json()["as_of"][0]


@pytest.mark.parametrize("as_of", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_are_explained_too(api, lead, as_of):
    assert explain(api, lead, as_of)["fit"] == pytest.approx(12.0)


def test_a_lead_that_is_not_there_is_not_found(api):
    assert api.get("/api/leads/999999/explanation/").status_code == 404


def test_without_rules_it_says_so(marketer, api_of):
    RuleSet.objects.filter(status=RuleSetStatus.LIVE).update(status=RuleSetStatus.ARCHIVED)
    lead = make_lead()

    response = api_of(marketer).get(f"/api/leads/{lead.pk}/explanation/")

    assert response.status_code == 503
    assert "No rule set is live" in response.json()["detail"]


@pytest.mark.parametrize("events", [1, 40])
def test_many_events_cost_as_many_questions_as_few(api, events):
    lead = make_lead()
    for _ in range(events):
        make_event(lead, "trial_started")
    explain(api, lead)

    with CaptureQueriesContext(connection) as queries:
        explain(api, lead)

    # Whose token it is, the lead, which rules are live, the lead as rules see it, its events, the last stage
    # change.
    assert len(queries) == 6
