"""A worker dies by SIGKILL while its transaction is open: scores and stages written, nothing committed."""

import os
import signal

import pytest
from django.db import connection, transaction

from tests.faults.exact import BY_TRIAL, assert_everything_is_exact, make_due_lead, moves_of, publish_now
from tests.processes import Running, wait_for


def kill_worker(worker: Running) -> None:
    """Its task stays unacknowledged, and its turn taken until it runs out."""
    worker.kill()


def kill_its_process(worker: Running) -> None:
    """Kill what executes the task; the worker notices and delivers the task again."""
    for pid in worker.children():
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("kill", [kill_its_process, kill_worker])
def test_a_worker_killed_inside_its_transaction_leaves_every_score_exact_and_every_move_once(house, kill):
    publish_now()
    leads = [make_due_lead() for _ in range(8)]

    with transaction.atomic():
        with connection.cursor() as cursor:
            # Scores and stages can be written, but their history can't: a worker stands still right before commit.
            cursor.execute("LOCK TABLE leads_stagechange IN SHARE MODE")
        house.sweep()
        victim = min(wait_for(house.waiting_for_a_lock, "a worker inside its transaction"))
        kill(house.workers[victim])
    house.settle()

    assert_everything_is_exact()
    assert [moves_of(lead) for lead in leads] == [BY_TRIAL] * len(leads)
