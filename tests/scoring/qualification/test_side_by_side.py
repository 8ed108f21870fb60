from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from leads.models import Lead
from scoring.qualification.side_by_side import rescore_all
from scoring.rules.full_rescore import is_rescoring
from tests.make import NOON, make_event, make_lead
from tests.make_rules import TRIAL, publish_rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded test database lives in one process")
def test_processes_side_by_side_score_every_lead_and_all_are_heard_of(monkeypatch):
    monkeypatch.setattr("scoring.rules.full_rescore.SMALLEST_RANGE", 2)
    publish_rules([TRIAL])
    for age in range(40):
        make_event(make_lead(), "trial_started", occurred_at=NOON - timedelta(days=age))
    heard = []

    rescore_all(processes=3, clock=now, report=heard.append)

    expected = [15 * 0.5 ** (age / 14) for age in range(40)]
    assert list(Lead.objects.order_by("pk").values_list("score", flat=True)) == pytest.approx(expected)
    assert sum(heard) == 40
    assert not is_rescoring()


def test_the_command_tells_how_fast_it_was():
    publish_rules([TRIAL])
    for _ in range(2):
        make_event(make_lead(), "trial_started", occurred_at=NOON)
    out = StringIO()

    call_command("rescore", "--all", "--processes", "1", stdout=out)

    assert out.getvalue().startswith("2 leads with 2 events in ")
    assert "events/s" in out.getvalue()


def test_the_command_wants_to_be_told_that_all_is_meant():
    with pytest.raises(CommandError, match="--all"):
        call_command("rescore")


def test_the_command_refuses_to_work_with_nobody():
    with pytest.raises(CommandError, match="--processes must be at least 1, got 0"):
        call_command("rescore", "--all", "--processes", "0")


def now():
    return NOON
