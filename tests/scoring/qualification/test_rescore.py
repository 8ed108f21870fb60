import math
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.events.due import mark_due
from leads.models import Lead, Stage, StageChange
from scoring.qualification import rescore
from scoring.qualification.explain import explain_lead, explanation_json
from scoring.qualification.rescore import compute, read_facts, rescore_leads, store
from tests.make import NOON, make_event, make_lead, make_organization
from tests.make_rules import BY_SCORE, MANAGER, PRICING, TRIAL, publish_rules

pytestmark = pytest.mark.django_db


def test_a_scoring_stores_score_parts_and_when_it_is_due_again():
    rule_set = publish_rules([TRIAL, PRICING], fit=[MANAGER])
    lead = make_lead(title="Office manager", score_due_at=NOON)
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=14))
    make_event(lead, "page_viewed", properties={"path": "/pricing/plans"})

    rescore_leads([lead.pk], now=NOON)

    lead.refresh_from_db()
    entries = {entry.rule: entry.points_now for entry in explain_lead(lead, as_of=NOON).score.entries}
    # Fifteen points halved once, two points fresh, twelve points for the role.
    assert entries == pytest.approx({"Trial started": 7.5, "Viewed pricing": 2.0, "Role": 12.0})
    assert (lead.score, lead.fit, lead.behaviour) == pytest.approx((21.5, 12.0, 9.5))
    assert (lead.scored_at, lead.decided_version) == (NOON, rule_set.version)
    # 9.5 points lose the first after 14 d * log2(9.5 / 8.5) = 2.2465 days = 53 h 55 min.
    assert lead.score_due_at == pytest.approx(NOON + timedelta(hours=53, minutes=55), abs=timedelta(minutes=1))


def test_entries_sum_to_the_stored_score():
    publish_rules([{**TRIAL, "points": 50}, {**PRICING, "points": 30}], fit=[MANAGER])
    lead = make_lead(title="manager")
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=3))
    for minutes in range(5):
        make_event(lead, properties={"path": "/pricing"}, occurred_at=NOON - timedelta(minutes=minutes))

    rescore_leads([lead.pk], now=NOON)

    lead.refresh_from_db()
    entries = explain_lead(lead, as_of=NOON).score.entries
    assert lead.behaviour == 60
    assert math.fsum(entry.points_now for entry in entries) == pytest.approx(lead.score, abs=1e-6)
    assert "behaviour_limit" in {entry.rule for entry in entries}


def test_an_engagement_makes_an_mql_and_a_hand_raise_an_sql_with_every_stage_recorded():
    publish_rules([TRIAL])
    lead = make_lead()
    make_event(lead, "ebook_downloaded", name="eBook Downloaded", occurred_at=NOON)
    rescore_leads([lead.pk], now=NOON)
    make_event(lead, "demo_requested", name="Demo Requested", occurred_at=NOON + timedelta(hours=1))

    rescore_leads([lead.pk], now=NOON + timedelta(hours=1))

    lead.refresh_from_db()
    steps = StageChange.objects.filter(lead=lead).order_by("id").values_list("from_stage", "to_stage")
    assert lead.stage == Stage.SQL
    assert list(steps) == [("new", "engaged"), ("engaged", "mql"), ("mql", "sql")]
    assert lead.respond_by == NOON + timedelta(hours=1, minutes=30)


def test_scoring_twice_stores_the_same_and_moves_nobody_twice():
    publish_rules([TRIAL])
    lead = make_lead()
    make_event(lead, "trial_started")

    rescore_leads([lead.pk], now=NOON)
    once = Lead.objects.values().get(pk=lead.pk)
    rescore_leads([lead.pk], now=NOON)

    assert Lead.objects.values().get(pk=lead.pk) == once
    assert StageChange.objects.filter(lead=lead).count() == 2


def test_leads_with_more_events_than_fit_into_memory_are_scored_in_smaller_batches(monkeypatch):
    monkeypatch.setattr(rescore, "MOST_EVENTS", 4)
    publish_rules([TRIAL])
    leads = [make_lead() for _ in range(5)]
    for number, lead in enumerate(leads):
        for _ in range(1 + number):
            make_event(lead, "trial_started", occurred_at=NOON)

    rescore_leads([lead.pk for lead in leads], now=NOON)

    scores = Lead.objects.order_by("pk").values_list("behaviour", flat=True)
    assert list(scores) == [15, 30, 45, 60, 60]


def test_a_lead_whose_facts_changed_while_it_was_computed_is_left_alone_and_stays_due():
    publish_rules([TRIAL])
    lead = make_lead(score_due_at=NOON)
    outcome = compute(read_facts([lead.pk], now=NOON))
    mark_due([lead.pk], now=NOON)

    assert store(outcome, np.array([0]), now=NOON) == set()

    lead.refresh_from_db()
    assert lead.score_due_at == NOON


def test_a_lead_that_was_claimed_while_it_was_computed_keeps_its_stage(sales):
    publish_rules([TRIAL], **BY_SCORE)
    lead = make_lead(stage=Stage.SQL, score=75, respond_by=NOON)
    outcome = compute(read_facts([lead.pk], now=NOON))
    Lead.objects.filter(pk=lead.pk).update(claimed_at=NOON, owner=sales, stage=Stage.CLAIMED)

    assert store(outcome, np.array([0]), now=NOON) == set()
    lead.refresh_from_db()
    assert (lead.stage, lead.scored_at) == (Stage.CLAIMED, None)


def test_a_claimed_lead_is_scored_but_not_moved(sales):
    publish_rules([TRIAL])
    lead = make_lead(stage=Stage.CLAIMED, claimed_at=NOON, owner=sales)
    make_event(lead, "trial_started")

    rescore_leads([lead.pk], now=NOON)

    lead.refresh_from_db()
    assert (lead.score, lead.stage) == (15, Stage.CLAIMED)
    assert not StageChange.objects.filter(lead=lead).exists()


def test_a_lead_that_can_not_be_scored_holds_up_no_other(caplog):
    on_plan = {"name": "Plan", "field": "attributes.plan", "op": "is", "value": "team", "points": 5}
    publish_rules([TRIAL], fit=[MANAGER, on_plan])
    broken, sound = make_lead(attributes=["not", "an", "object"]), make_lead(title="manager")

    rescore_leads([sound.pk], now=NOON)
    with pytest.raises(AttributeError):
        explain_lead(broken, as_of=NOON)
    rescore_leads([broken.pk, sound.pk], now=NOON + timedelta(minutes=1))

    sound.refresh_from_db()
    broken.refresh_from_db()
    assert sound.scored_at == NOON + timedelta(minutes=1)
    assert broken.score_due_at == NOON + timedelta(minutes=11)
    assert f"Lead {broken.pk} could not be scored" in caplog.text


def test_a_batch_of_any_size_takes_the_same_number_of_queries():
    publish_rules([TRIAL, PRICING], fit=[MANAGER])

    def leads(number):
        found = [make_lead(organization=make_organization()) for _ in range(number)]
        for lead in found:
            make_event(lead, "trial_started")
        return [lead.pk for lead in found]

    few, many = leads(2), leads(40)
    rescore_leads(leads(1), now=NOON)
    with CaptureQueriesContext(connection) as for_few:
        rescore_leads(few, now=NOON)
    with CaptureQueriesContext(connection) as for_many:
        rescore_leads(many, now=NOON)

    assert len(for_many) == len(for_few)


def test_a_late_event_changes_the_score_but_never_the_history_of_stages():
    publish_rules([TRIAL], mql_on_engagement=False, sql_on_hand_raise=False, mql_threshold=15, sql_threshold=90)
    lead = make_lead()
    make_event(lead, "trial_started")
    rescore_leads([lead.pk], now=NOON)
    history = list(StageChange.objects.values())
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=14))

    rescore_leads([lead.pk], now=NOON + timedelta(seconds=1))

    lead.refresh_from_db()
    assert lead.score == pytest.approx(22.5, abs=0.001)
    assert list(StageChange.objects.values()) == history


def test_the_explanation_at_another_time_is_computed_afresh_and_leaves_the_stored_score():
    rule_set = publish_rules([TRIAL])
    lead = make_lead()
    make_event(lead, "trial_started")
    rescore_leads([lead.pk], now=NOON)

    explanation = explanation_json(explain_lead(lead, as_of=NOON + timedelta(days=28)))

    lead.refresh_from_db()
    assert explanation["score"] == pytest.approx(3.75)
    assert explanation["rule_set"] == rule_set.version
    assert (explanation["stage"], lead.score) == ("mql", 15)
