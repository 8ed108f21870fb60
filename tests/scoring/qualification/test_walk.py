from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leads.models import Lead
from scoring.models import RuleSet, RuleSetStatus
from scoring.qualification import walk
from scoring.qualification.walk import rescore_all
from tests.make import NOON, make_event, make_lead
from tests.make_rules import TRIAL, publish_rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def few_a_batch(monkeypatch):
    monkeypatch.setattr(walk, "BATCH", 3)


def leads_with_trials(number):
    leads = [make_lead() for _ in range(number)]
    for age, lead in enumerate(leads):
        make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=14 * age))
    return leads


def test_every_lead_is_scored_once_whatever_the_batches(few_a_batch):
    publish_rules([TRIAL])
    leads = leads_with_trials(4)
    make_lead(merged_into=leads[0])
    heard = []

    rescore_all(clock=lambda: NOON, report=heard.append)

    scores = Lead.objects.current().order_by("pk").values_list("score", flat=True)
    assert heard == [3, 1]
    assert list(scores) == pytest.approx([15, 7.5, 3.75, 1.875])
    assert RuleSet.objects.get(status=RuleSetStatus.LIVE).marked_to_id is None


def test_leads_that_a_dead_process_did_not_reach_still_count_as_due(few_a_batch):
    publish_rules([TRIAL])
    leads = leads_with_trials(7)

    def die(number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rescore_all(clock=lambda: NOON, report=die)

    live = RuleSet.objects.get(status=RuleSetStatus.LIVE)
    assert live.marked_to_id == leads[2].pk
    assert Lead.objects.filter(pk__gt=live.marked_to_id, scored_at=None).count() == 4


def test_the_command_tells_how_fast_it_was():
    publish_rules([TRIAL])
    leads_with_trials(2)
    out = StringIO()

    call_command("rescore", "--all", stdout=out)

    assert out.getvalue().startswith("2 leads with 2 events in ")
    assert "events/s" in out.getvalue()


def test_the_command_wants_to_be_told_that_all_is_meant():
    with pytest.raises(CommandError, match="--all"):
        call_command("rescore")
