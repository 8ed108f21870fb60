"""A worker has computed a score and waits to write it; what commits meanwhile must neither be missed nor undone."""

import signal

from django.db import transaction
from django.utils import timezone

from leads.events.due import mark_due
from leads.handoff.claim import claim_lead
from leads.models import Lead, Role, Stage
from scoring.qualification.turns import part_of
from tests.faults.exact import BY_DEMO, assert_everything_is_exact, make_due_lead, moves_of, publish_now
from tests.make import make_event, make_user
from tests.processes import wait_for


def test_an_event_that_commits_while_a_worker_waits_to_write_is_not_missed(house):
    publish_now()
    lead = make_due_lead()
    complaints = house.complaints()

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=lead.pk)
        house.score(part_of(lead.pk))
        wait_for(house.waiting_for_a_lock, "a worker with a score to write")
        make_event(lead, "demo_requested", occurred_at=timezone.now())
        mark_due([lead.pk], now=timezone.now())
    house.settle()

    assert moves_of(lead) == BY_DEMO
    assert_everything_is_exact()
    assert house.complaints() == complaints


def test_a_claim_that_commits_while_a_worker_waits_to_take_the_lead_away_stands(house):
    house.beat.signal_all(signal.SIGSTOP)
    publish_now()
    leads = [make_due_lead("demo_requested") for _ in range(12)]
    rep = make_user("sam", Role.SALES)
    complaints = house.complaints()
    house.settle()
    wait_for(lambda: house.is_idle, "all tasks to end")

    # Under these rules no demo request makes an SQL.
    publish_now(sql_on_hand_raise=False)
    with transaction.atomic():
        list(Lead.objects.order_by("pk").select_for_update())
        house.sweep()
        wait_for(house.waiting_for_a_lock, "a worker with moves to write")
        claim_lead(leads[0], rep=rep, now=timezone.now())
    house.settle()

    leads[0].refresh_from_db()
    assert (leads[0].stage, leads[0].owner) == (Stage.CLAIMED, rep)
    assert moves_of(leads[0]) == [*BY_DEMO, ("sql", "claimed")]
    assert [moves_of(lead) for lead in leads[1:]] == [[*BY_DEMO, ("sql", "mql")]] * (len(leads) - 1)
    assert_everything_is_exact()
    assert house.complaints() == complaints
