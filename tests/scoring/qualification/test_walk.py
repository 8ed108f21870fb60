from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction

from leads.events.due import mark_due
from leads.models import Lead, Stage
from scoring.models import RescoreRange
from scoring.qualification import rescore, walk
from scoring.qualification.rescore import compute, read_facts, rescore_leads, store
from scoring.qualification.walk import drain_all, rescore_next
from scoring.rules.full_rescore import begin_full_rescore, is_rescoring
from tests.make import NOON, make_event, make_lead
from tests.make_rules import BY_SCORE, TRIAL, publish_rules
from tests.together import at_the_same_time

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def few_a_batch(monkeypatch):
    monkeypatch.setattr(walk, "BATCH", 3)


def leads_with_trials(number):
    leads = [make_lead() for _ in range(number)]
    for age, lead in enumerate(leads):
        make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=14 * age))
    return leads


def scores():
    return list(Lead.objects.current().order_by("pk").values_list("score", flat=True))


@pytest.mark.django_db
def test_every_lead_is_scored_once_whatever_the_batches(few_a_batch):
    publish_rules([TRIAL])
    leads = leads_with_trials(4)
    make_lead(merged_into=leads[0])
    heard = []
    begin_full_rescore()

    drain_all(clock=lambda: NOON, report=heard.append)

    assert heard == [3, 1]
    assert scores() == pytest.approx([15, 7.5, 3.75, 1.875])
    assert not is_rescoring()


@pytest.mark.django_db
def test_a_batch_that_is_not_committed_is_still_to_be_scored(few_a_batch):
    publish_rules([TRIAL])
    leads = leads_with_trials(7)
    begin_full_rescore()
    rescore_next(clock=lambda: NOON)

    with transaction.atomic():
        rescore_next(clock=lambda: NOON)
        transaction.set_rollback(True)

    left = RescoreRange.objects.get()
    assert (left.scored_to_id, left.last_id) == (leads[2].pk, leads[6].pk)
    assert Lead.objects.filter(pk__gt=left.scored_to_id, scored_at=None).count() == 4


@pytest.mark.django_db
def test_what_became_due_meanwhile_is_scored_first(few_a_batch):
    publish_rules([TRIAL])
    leads = leads_with_trials(7)
    begin_full_rescore()
    Lead.objects.filter(pk=leads[6].pk).update(score_due_at=NOON)
    heard = []

    drain_all(clock=lambda: NOON, report=heard.append)

    assert heard == [1, 3, 3, 1]


@pytest.mark.django_db
def test_a_stored_score_that_holds_is_left_alone():
    publish_rules([TRIAL])
    (lead,) = leads_with_trials(1)
    rescore_leads([lead.pk], now=NOON)
    before = Lead.objects.values().get()
    begin_full_rescore()

    # 15 points lose the first after 14 d * log2(15 / 14) = 33 h 27 min.
    drain_all(clock=lambda: LATER)

    assert Lead.objects.values().get() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"fit": 1.0},
        {"behaviour": 13.5},
        {"persona": "Owner"},
        {"decided_version": None},
        {"score_due_at": LATER},
        {"score_due_at": None},
        {"stage": Stage.NEW},
    ],
)
def test_what_is_stored_wrongly_is_put_right(wrong):
    rule_set = publish_rules([TRIAL])
    (lead,) = leads_with_trials(1)
    rescore_leads([lead.pk], now=NOON)
    Lead.objects.update(**wrong)
    begin_full_rescore()

    drain_all(clock=lambda: LATER)

    lead.refresh_from_db()
    assert lead.behaviour == pytest.approx(15 * 0.5 ** (5 / (14 * 24 * 60)))
    assert (lead.fit, lead.persona, lead.stage) == (0, "", Stage.MQL)
    assert (lead.scored_at, lead.decided_version) == (LATER, rule_set.version)


@pytest.mark.django_db
@pytest.mark.parametrize("most_events", [100, 1])
def test_a_lead_scored_meanwhile_by_the_rules_of_before_is_looked_at_again(monkeypatch, most_events):
    # Of more events than fit into memory, the batch is scored by halves.
    monkeypatch.setattr(rescore, "MOST_EVENTS", most_events)
    old = publish_rules([TRIAL])
    lead, _ = leads_with_trials(2)
    by_old_rules = compute(read_facts([lead.pk], now=NOON))
    publish_rules([{**TRIAL, "points": 40}])
    is_first = iter([True])

    def overtaken(outcome, rows, *, now):
        # Another worker, which had read the old rules, writes between this one's reading and writing.
        if next(is_first, False):
            store(by_old_rules, np.array([0]), now=NOON)
        return store(outcome, rows, now=now)

    monkeypatch.setattr(walk, "store", overtaken)
    rescore_next(clock=lambda: LATER)
    lead.refresh_from_db()
    assert (lead.decided_version, is_rescoring()) == (old.version, True)

    rescore_next(clock=lambda: LATER)

    lead.refresh_from_db()
    assert lead.score == pytest.approx(40 * 0.5 ** (5 / (14 * 24 * 60)))
    assert not is_rescoring()


@pytest.mark.django_db
def test_a_lead_whose_facts_changed_meanwhile_is_due_by_itself(monkeypatch):
    publish_rules([TRIAL])
    (lead,) = leads_with_trials(1)
    begin_full_rescore()

    def overtaken(outcome, rows, *, now):
        mark_due([lead.pk], now=now)
        return store(outcome, rows, now=now)

    monkeypatch.setattr(walk, "store", overtaken)
    rescore_next(clock=lambda: NOON)

    lead.refresh_from_db()
    assert (lead.scored_at, lead.score_due_at) == (None, NOON)
    assert not is_rescoring()


@pytest.mark.django_db
def test_a_lead_that_cannot_be_scored_does_not_hold_up_the_others(monkeypatch):
    publish_rules([TRIAL], **BY_SCORE)
    leads = leads_with_trials(3)
    begin_full_rescore()
    broken = leads[1].pk

    def fail(facts):
        if broken in facts.leads.id:
            raise ArithmeticError("This lead can't be scored.")
        return compute(facts)

    monkeypatch.setattr(rescore, "compute", fail)
    monkeypatch.setattr(walk, "compute", fail)
    rescore_next(clock=lambda: NOON)

    assert list(Lead.objects.exclude(scored_at=None).order_by("pk")) == [leads[0], leads[2]]
    assert not is_rescoring()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database lets one process write at a time")
def test_a_range_that_another_works_on_is_passed_over(few_a_batch):
    publish_rules([TRIAL])
    leads = leads_with_trials(4)
    RescoreRange.objects.all().delete()
    for lead in leads:
        RescoreRange.objects.create(scored_to_id=lead.pk - 1, last_id=lead.pk)

    with transaction.atomic():
        RescoreRange.objects.select_for_update().order_by("pk").first()
        (heard,) = at_the_same_time(lambda: [rescore_next(clock=lambda: NOON) for _ in range(4)])

    assert heard == [1, 1, 1, None]
    assert list(Lead.objects.filter(scored_at=None)) == leads[:1]
