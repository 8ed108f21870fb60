"""The broker delivers at least once: the same task comes again, or comes to two workers at the same time."""

import signal

from django.db import transaction

from leads.models import Lead
from scoring.qualification.turns import PARTS, part_of
from tests.faults.conftest import WORKERS
from tests.faults.exact import BY_DEMO, assert_everything_is_exact, make_due_lead, moves_of, publish_now
from tests.processes import wait_for


def test_two_workers_with_the_same_task_at_the_same_time_move_each_lead_once(house):
    house.beat.signal_all(signal.SIGSTOP)
    publish_now()
    leads = [make_due_lead("demo_requested") for _ in range(PARTS * 3)]
    part = part_of(leads[0].pk)
    complaints = house.complaints()

    with transaction.atomic():
        # Both have computed the same scores and wait to write them.
        list(Lead.objects.order_by("pk").select_for_update())
        house.score(part)
        house.score(part)
        wait_for(lambda: house.waiting_for_a_lock() == set(WORKERS), "both workers to wait for the leads")
    house.settle()
    wait_for(lambda: house.is_idle, "all tasks to end")

    assert_everything_is_exact()
    assert [moves_of(lead) for lead in leads] == [BY_DEMO] * len(leads)
    assert house.complaints() == complaints


def test_tasks_delivered_again_and_again_change_nothing(house):
    house.beat.signal_all(signal.SIGSTOP)
    publish_now()
    leads = [make_due_lead("demo_requested") for _ in range(PARTS * 3)]
    house.settle()
    wait_for(lambda: house.is_idle, "all tasks to end")
    stored = list(Lead.objects.order_by("pk").values())

    for _ in range(3):
        for part in range(PARTS):
            house.score(part)
    wait_for(lambda: house.is_idle, "all tasks to end")

    assert list(Lead.objects.order_by("pk").values()) == stored
    assert [moves_of(lead) for lead in leads] == [BY_DEMO] * len(leads)
