"""The broker can't be reached, or never answers, or the web server dies before it gets through."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from leads.models import Event, Lead
from tests.faults.exact import BY_DEMO, BY_TRIAL, assert_everything_is_exact, make_due_lead, moves_of, publish_now
from tests.processes import PATIENCE, free_port, wait_for, wait_until_it_answers

# Seconds; a tracking client waits for ten or more.
QUICK, BEARABLE = 1.0, 5.0


class CutOff:
    """A web server whose broker is a port where nothing listens."""

    def __init__(self, house) -> None:
        self.house, self.port = house, free_port()
        self.web, self.address = house.processes.web("cut-off", REDIS_URL=f"redis://127.0.0.1:{self.port}/0")
        wait_until_it_answers(self.web, self.address)

    def track(self, person: str, event: str = "Demo Requested") -> requests.Response:
        body = {"userId": person, "event": event, "messageId": f"{person} {event}"}
        auth = (self.house.write_key, "")
        return requests.post(f"{self.address}/v1/track", json=body, auth=auth, timeout=PATIENCE)

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Let connections to the broker be made, and nothing ever come back."""
        with socket.create_server(("127.0.0.1", self.port), backlog=64):
            yield


@pytest.fixture(scope="module")
def cut_off(processes) -> CutOff:
    return CutOff(processes)


def test_without_its_broker_the_tracking_api_answers_quickly_and_the_sweep_scores(house, cut_off):
    publish_now()
    cut_off.track("warm-up")

    started = time.monotonic()
    answer = cut_off.track("ada")
    took = time.monotonic() - started
    house.settle()

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert took < QUICK
    assert Event.objects.count() == 2
    assert [moves_of(lead) for lead in Lead.objects.all()] == [BY_DEMO] * 2
    assert_everything_is_exact()


def test_a_broker_that_never_answers_holds_up_no_client_for_long(house, cut_off):
    publish_now()

    with cut_off.silence():
        started = time.monotonic()
        answer = cut_off.track("ada")
        took = time.monotonic() - started
    house.settle()

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert took < BEARABLE
    assert_everything_is_exact()


def test_a_web_server_killed_between_commit_and_enqueue_leaves_its_events_to_the_sweep(house, cut_off):
    publish_now()

    with cut_off.silence():
        client = threading.Thread(target=lose_the_answer, args=[cut_off])
        client.start()
        wait_for(Event.objects.exists, "the event to be committed")
        cut_off.web.kill()
        client.join()
    house.settle()

    assert [moves_of(lead) for lead in Lead.objects.all()] == [BY_DEMO]
    assert_everything_is_exact()


def lose_the_answer(cut_off: CutOff) -> None:
    with pytest.raises(requests.ConnectionError):
        cut_off.track("ada")


def test_what_is_due_without_any_task_is_found_by_beat(house):
    publish_now()
    lead = make_due_lead()

    wait_for(lambda: Lead.objects.exclude(scored_at=None).exists(), "beat's sweep")

    assert moves_of(lead) == BY_TRIAL
    assert_everything_is_exact()
