"""Try one lead: any lead, any time, any version."""

from datetime import timedelta

import pytest

from leads.models import Lead, Stage, StageChange
from scoring.rules.definition import definition_of
from scoring.rules.draft import change_draft, start_draft
from tests.make import NOON, make_event, make_lead
from tests.make_rules import BY_SCORE, MANAGER, TRIAL, publish_rules

PERSONA = {
    "name": "Buyer",
    "minimum": 0.5,
    "criteria": [
        {"name": "Role", "field": "title", "op": "contains", "value": "manager", "points": 10},
        {"name": "Country", "field": "country", "op": "is", "value": "Denmark", "points": 5},
    ],
}
JOURNEY = {"name": "Evaluate", "window_days": 30, "steps": [{"name": "Trial", "kind": "trial_started"}]}


@pytest.fixture
def lead(db):
    lead = make_lead(first_name="Maja", title="Office manager", stage="engaged")
    make_event(lead, kind="trial_started", occurred_at=NOON - timedelta(days=14))
    return lead


@pytest.fixture
def live(db):
    return publish_rules([TRIAL], fit=[MANAGER], **BY_SCORE)


def test_a_lead_is_found_and_explained_under_the_live_rules(marketer, signed_in, live, lead):
    client = signed_in(marketer)

    found = client.get("/scoring/try/?q=maja").content.decode()
    answer = client.get(
        f"/scoring/try/?lead={lead.pk}&as_of=2026-06-17T12:00:00Z".replace(
            "2026-06-17T12:00:00Z", NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
    )

    assert f"?lead={lead.pk}" in found
    trial = answer.context["trial"]
    # 15 points halve once in 14 days; the role gives 12.
    assert trial.score.behaviour == pytest.approx(7.5)
    assert trial.score.fit == pytest.approx(12)


def test_an_earlier_time_knows_nothing_of_what_came_later(marketer, signed_in, live, lead):
    earlier = (NOON - timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ")

    answer = signed_in(marketer).get(f"/scoring/try/?lead={lead.pk}&as_of={earlier}")

    assert answer.context["trial"].score.behaviour == 0


def test_a_lead_that_sales_claimed_since_was_still_free_to_move_then(marketer, signed_in, live, lead):
    draft = start_draft(live, changes={"policy": {"mql_threshold": 5, "margin": 0, **BY_SCORE}}, now=NOON)
    StageChange.objects.create(
        lead=lead, from_stage=Stage.NEW, to_stage=Stage.ENGAGED, reason="Came.", changed_at=NOON - timedelta(days=14)
    )
    StageChange.objects.create(
        lead=lead, from_stage=Stage.SQL, to_stage=Stage.CLAIMED, reason="Claimed.", changed_at=NOON + timedelta(days=1)
    )
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.CLAIMED, claimed_at=NOON + timedelta(days=1))

    def would_be(at):
        moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            signed_in(marketer)
            .get(f"/scoring/try/?lead={lead.pk}&version={draft.version}&as_of={moment}")
            .context["trial"]
        )

    assert (would_be(NOON).stood_at, would_be(NOON).would_be) == (Stage.ENGAGED, Stage.MQL)
    assert would_be(NOON + timedelta(days=2)).would_be == Stage.CLAIMED


def test_a_lead_rests_after_an_earlier_recycle_as_it_did_then(marketer, signed_in, live, lead):
    # Recycled 10 days ago until the day after, and again just now until next year.
    for days, stage in ((14, Stage.ENGAGED), (10, Stage.RECYCLED), (0, Stage.RECYCLED)):
        StageChange.objects.create(
            lead=lead, from_stage=Stage.NEW, to_stage=stage, reason="So.", changed_at=NOON - timedelta(days=days)
        )
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.RECYCLED, recycled_at=NOON, retry_on="2027-01-01")
    make_event(lead, occurred_at=NOON - timedelta(days=5))
    moment = (NOON - timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")

    trial = signed_in(marketer).get(f"/scoring/try/?lead={lead.pk}&as_of={moment}").context["trial"]

    # The trial of 14 days ago is gone, and 30 days, as nobody knows the earlier date, are not over.
    assert (trial.score.behaviour, trial.would_be) == (0, Stage.RECYCLED)


def test_the_retry_date_of_a_later_recycle_says_nothing_of_an_earlier_one(marketer, signed_in, live, lead):
    # Recycled 40 days ago, so that 30 days were over 4 days ago, and again just now until next year.
    for days in (40, 0):
        StageChange.objects.create(
            lead=lead,
            from_stage=Stage.MQL,
            to_stage=Stage.RECYCLED,
            reason="So.",
            changed_at=NOON - timedelta(days=days),
        )
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.RECYCLED, recycled_at=NOON, retry_on="2027-01-01")
    moment = (NOON - timedelta(days=4)).strftime("%Y-%m-%dT%H:%M:%SZ")

    trial = signed_in(marketer).get(f"/scoring/try/?lead={lead.pk}&as_of={moment}").context["trial"]

    assert (trial.stood_at, trial.would_be) == (Stage.RECYCLED, Stage.ENGAGED)


def test_a_draft_shows_persona_questions_journeys_and_the_stage_it_would_make(marketer, signed_in, live, lead):
    draft = start_draft(live, now=NOON)
    policy = {**definition_of(draft)["policy"], "mql_threshold": 15, "margin": 5}
    change_draft(draft, {**definition_of(draft), "personas": [PERSONA], "journeys": [JOURNEY], "policy": policy})
    at = NOON.strftime("%Y-%m-%dT%H:%M:%SZ")

    answer = signed_in(marketer).get(f"/scoring/try/?lead={lead.pk}&as_of={at}&version={draft.version}")

    page = answer.content.decode()
    assert "Buyer" in page
    assert "To ask: Country" in page
    assert "Evaluate: 1 of 1 steps, complete" in page
    assert answer.context["trial"].would_be == "mql"
    lead.refresh_from_db()
    assert lead.stage == "engaged"


def test_what_cannot_be_read_is_told(marketer, signed_in, live, lead):
    client = signed_in(marketer)

    wrong = client.get(f"/scoring/try/?lead={lead.pk}&as_of=yesterday")
    nobody = client.get("/scoring/try/?q=zzz")

    assert wrong.status_code == 400
    assert "A time looks like 2026-06-17T12:00, got" in wrong.content.decode()
    assert "No lead matches" in nobody.content.decode()


def test_trying_asks_a_fixed_number_of_queries(marketer, signed_in, live, lead, django_assert_max_num_queries):
    client = signed_in(marketer)
    for _ in range(30):
        make_event(lead, kind="trial_started")

    with django_assert_max_num_queries(28):
        client.get(f"/scoring/try/?lead={lead.pk}")
