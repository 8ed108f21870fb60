"""A full rescore dies by SIGKILL in its middle: what it wrote stands, and the workers score the rest."""

import signal
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from leads.models import Event, Identifier, Lead, Stage, StageChange
from scoring.qualification import walk
from scoring.rules.full_rescore import waiting_leads
from tests.faults.exact import BY_TRIAL, publish_now
from tests.make import make_source
from tests.make_rules import PRICING, TRIAL
from tests.processes import wait_for

RESCORE = [sys.executable, "manage.py", "rescore", "--all", "--processes", "1"]
HALF_LIFE = timedelta(days=14)


def make_leads_on_trial(number: int) -> list[Lead]:
    """Store leads that nobody marked due; the first started a trial now, each other a minute before the one before."""
    now, source = timezone.now(), make_source()
    leads = Lead.objects.bulk_create(
        Lead(created_at=now, stage_changed_at=now, last_event_at=now) for _ in range(number)
    )
    identifiers = Identifier.objects.bulk_create(
        Identifier(kind="user_id", value=f"user-{lead.pk}", lead=lead, created_at=now) for lead in leads
    )
    Event.objects.bulk_create(
        Event(
            source=source,
            message_id=f"trial-{lead.pk}",
            identifier=identifier,
            lead=lead,
            kind="trial_started",
            name="trial_started",
            occurred_at=now - age * timedelta(minutes=1),
            received_at=now,
        )
        for age, (lead, identifier) in enumerate(zip(leads, identifiers, strict=True))
    )
    return leads


def scored() -> int:
    return Lead.objects.exclude(scored_at=None).count()


def assert_all_are_scored_by(version: int, *, points: int = 15) -> None:
    """See that every lead has its trial's points, halved every fourteen days, and became an MQL once."""
    started = dict(Event.objects.values_list("lead_id", "occurred_at"))
    for lead in Lead.objects.all():
        halvings = (lead.scored_at - started[lead.pk]) / HALF_LIFE
        assert lead.score == pytest.approx(points * 0.5**halvings, abs=1e-6)
        assert (lead.stage, lead.decided_version) == (Stage.MQL, version)
    moves = StageChange.objects.order_by("lead_id", "id").values_list("from_stage", "to_stage")
    assert list(moves) == BY_TRIAL * len(started)


def test_what_a_killed_rescore_command_did_not_reach_is_scored_by_the_workers(house):
    house.beat.signal_all(signal.SIGSTOP)
    live = publish_now()
    leads = make_leads_on_trial(2 * walk.BATCH)

    with transaction.atomic():
        # A lead of its second batch: the command stands still with the first written.
        Lead.objects.select_for_update().get(pk=leads[walk.BATCH + 500].pk)
        command = house.processes.start("rescore", RESCORE)
        wait_for(lambda: "rescore" in house.waiting_for_a_lock(), "the command in its second batch")
        command.kill()
    assert scored() == walk.BATCH
    assert sorted(waiting_leads().values_list("pk", flat=True)) == [lead.pk for lead in leads[walk.BATCH :]]
    house.beat.signal_all(signal.SIGCONT)
    house.settle()

    assert_all_are_scored_by(live.version)


def test_a_worker_killed_in_the_middle_of_a_rescore_after_publishing_leaves_no_lead_with_old_points(house):
    house.beat.signal_all(signal.SIGSTOP)
    publish_now()
    leads = make_leads_on_trial(4 * walk.BATCH)
    complaints = house.complaints()
    changed = publish_now({**TRIAL, "points": 40}, PRICING)

    with transaction.atomic():
        # Whoever comes to this lead's batch stands still.
        Lead.objects.select_for_update().get(pk=leads[walk.BATCH + 500].pk)
        house.sweep()
        victim = min(wait_for(house.waiting_for_a_lock, "a worker in the second batch"))
        wait_for(lambda: scored() == 3 * walk.BATCH, "the other worker to score the other batches")
        house.workers[victim].kill()
    house.beat.signal_all(signal.SIGCONT)
    house.settle()

    assert_all_are_scored_by(changed.version, points=40)
    assert house.complaints() == complaints
