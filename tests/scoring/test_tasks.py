from datetime import timedelta

import pytest
from celery.signals import before_task_publish
from django.db import transaction
from django.utils import timezone

from leadcrm.celery import SCHEDULE, app
from leads import signals
from leads.events.due import mark_due
from leads.models import Lead
from scoring import tasks
from scoring.models import RuleSet
from scoring.qualification.drain import due_parts
from scoring.qualification.turns import PARTS, part_of, take_turn
from scoring.qualification.walk import drain_all
from scoring.rules.full_rescore import begin_full_rescore
from tests.make import NOON, make_event, make_lead
from tests.make_rules import TRIAL, publish_rules


class KeptMessages:
    """Counts what Celery publishes, through Celery's own signal."""

    def __init__(self):
        self.parts = []

    def __call__(self, sender=None, body=None, **kwargs):
        if sender == "scoring.tasks.score_due":
            self.parts.append(body[1]["part"])


@pytest.fixture
def published(settings, broker):
    """Return the parts for which a task was published, to a broker that lives in memory."""
    settings.REDIS_URL = "memory"
    kept = KeptMessages()
    before_task_publish.connect(kept)
    broker("memory://")
    yield kept.parts
    before_task_publish.disconnect(kept)


@pytest.mark.django_db(transaction=True)
def test_a_thousand_events_of_a_hundred_leads_enqueue_at_most_twenty_tasks(published):
    leads = [make_lead() for _ in range(100)]

    for batch in range(10):
        with transaction.atomic():
            lead_ids = [lead.pk for lead in leads]
            signals.events_recorded.send(sender=Lead, lead_ids=lead_ids * 10, now=NOON, batch=batch)

    assert 1 <= len(published) <= 20
    assert sorted(published) == list(range(PARTS))


@pytest.mark.django_db(transaction=True)
def test_nothing_is_enqueued_for_a_transaction_that_fails(published):
    lead = make_lead()

    with transaction.atomic():
        mark_due([lead.pk], now=NOON)
        transaction.set_rollback(True)

    assert published == []


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_few_leads_of_a_request_are_scored_right_after_commit(settings):
    settings.REDIS_URL = ""
    publish_rules([TRIAL])
    lead = make_lead()
    make_event(lead, "trial_started", occurred_at=timezone.now())

    with transaction.atomic():
        mark_due([lead.pk], now=timezone.now())

    lead.refresh_from_db()
    assert lead.score == pytest.approx(15, abs=0.001)


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_many_leads_are_left_to_the_worker(settings):
    settings.REDIS_URL = ""
    publish_rules([TRIAL])
    leads = [make_lead() for _ in range(tasks.SCORED_IN_THE_REQUEST + 1)]

    with transaction.atomic():
        mark_due([lead.pk for lead in leads], now=timezone.now())
    left = Lead.objects.filter(scored_at=None).count()
    tasks.sweep()

    assert left == len(leads)
    assert not Lead.objects.filter(scored_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_scoring_that_fails_never_fails_the_request_that_caused_it(settings, caplog):
    settings.REDIS_URL = ""
    lead = make_lead(score_due_at=NOON)
    make_event(lead, "trial_started", occurred_at=timezone.now())
    RuleSet.objects.all().delete()

    with transaction.atomic():
        mark_due([lead.pk], now=timezone.now())

    lead.refresh_from_db()
    assert lead.facts_version == 1
    assert "No rule set is live" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_can_not_be_reached_costs_no_event_and_gives_the_turn_back(settings, broker):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    broker(settings.REDIS_URL)
    lead = make_lead()

    with transaction.atomic():
        mark_due([lead.pk], now=NOON)

    lead.refresh_from_db()
    assert lead.score_due_at == NOON
    assert take_turn(part_of(lead.pk))


@pytest.mark.django_db
def test_the_sweep_enqueues_only_parts_that_have_leads_due(published):
    lead = make_lead(score_due_at=timezone.now() - timedelta(seconds=1))
    make_lead(score_due_at=timezone.now() + timedelta(hours=1))

    tasks.sweep()

    assert published == [part_of(lead.pk)]


@pytest.mark.django_db
def test_draining_ends_when_nothing_is_due_and_gives_every_turn_back():
    publish_rules([TRIAL])
    leads = [make_lead(score_due_at=NOON) for _ in range(9)]
    heard = []

    drain_all(clock=lambda: NOON, report=heard.append)

    assert sum(heard) == len(leads)
    assert due_parts(now=NOON) == []
    assert all(take_turn(part) for part in range(PARTS))


@pytest.mark.django_db
def test_a_turn_is_given_to_one_task_at_a_time():
    first, second = take_turn(1), take_turn(1)

    assert (first, second) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_who_takes_part_in_a_rescore_keeps_the_turn_while_queueing_up_again(published, monkeypatch):
    monkeypatch.setattr(tasks, "STRETCH", 0)
    make_lead()
    begin_full_rescore()

    tasks.take_part_in_rescore(walker="walker-0")
    is_free_between = take_turn("walker-0")
    tasks.take_part_in_rescore(walker="walker-0")

    assert not is_free_between
    assert take_turn("walker-0")


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()

    assert {entry["task"] for entry in SCHEDULE.values()} <= app.tasks.keys()
