from datetime import timedelta

from leads.events.due import seconds_behind
from scoring.models import RescoreRange
from scoring.rules import progress
from scoring.rules.progress import Progress, rescore_progress
from tests.make import NOON, make_lead


def make_leads() -> list[int]:
    """Two leads that are due, for 90 s and 10 s, and three that are not; a merged one besides."""
    dues = (
        NOON - timedelta(seconds=90),
        NOON - timedelta(seconds=10),
        NOON + timedelta(days=1),
        NOON + timedelta(days=2),
        None,
    )
    leads = [make_lead(score_due_at=due) for due in dues]
    make_lead(score_due_at=NOON - timedelta(days=9), merged_into=leads[0])
    return [lead.pk for lead in leads]


def test_leads_that_are_due_are_behind(db):
    make_leads()

    found = rescore_progress(now=NOON)

    assert found == Progress(done=3, total=5, behind_seconds=90)
    assert (found.waiting, found.is_done) == (2, False)


def test_leads_that_a_full_rescore_has_not_reached_are_behind_too(db):
    ids = make_leads()
    RescoreRange.objects.create(scored_to_id=ids[2], last_id=ids[4])

    assert rescore_progress(now=NOON).done == 1


def test_nothing_is_behind_when_nothing_is_due(db):
    make_lead(score_due_at=NOON + timedelta(seconds=1))

    found = rescore_progress(now=NOON)

    assert (found.is_done, found.behind_seconds, seconds_behind(now=NOON)) == (True, 0, 0)


def test_counting_ends_somewhere_and_says_so(db, monkeypatch):
    make_leads()
    monkeypatch.setattr(progress, "COUNTED_AT_MOST", 2)

    found = rescore_progress(now=NOON)

    assert (found.waiting, found.is_capped) == (2, True)


def test_asking_costs_a_few_queries(db, django_assert_max_num_queries):
    make_leads()
    rescore_progress(now=NOON)

    with django_assert_max_num_queries(4):
        rescore_progress(now=NOON)
