"""The course of a score."""

from datetime import timedelta

import pytest

from scoring.qualification.history import score_history
from tests.make import NOON, make_event, make_lead
from tests.make_rules import TRIAL, publish_rules

pytestmark = pytest.mark.django_db


def test_it_ends_now_with_the_score_of_now():
    # 15 points that halve every 14 days: 7.5 now.
    publish_rules([TRIAL])
    lead = make_lead()
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=14))

    history = score_history(lead, as_of=NOON)

    assert history[-1].at == NOON
    assert history[-1].score == pytest.approx(7.5)
    assert history[0].score == 0
    assert max(past.score for past in history) <= 15


def test_it_looks_back_sixty_days_at_most():
    publish_rules([TRIAL])
    lead = make_lead()
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=300))

    history = score_history(lead, as_of=NOON)

    assert history[0].at == NOON - timedelta(days=60)


def test_a_lead_without_events_has_a_flat_course():
    publish_rules([TRIAL])

    history = score_history(make_lead(), as_of=NOON)

    assert {past.score for past in history} == {0}
