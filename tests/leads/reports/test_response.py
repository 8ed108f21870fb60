"""How long leads wait until sales claims them."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.models import StageChange
from leads.reports.response import claim_times
from tests.make import NOON, make_lead

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def claimed_after(minutes, *, became_sql_at=NOON):
    lead = make_lead()
    for before, after, at in (
        ("mql", "sql", became_sql_at),
        ("sql", "claimed", became_sql_at + timedelta(minutes=minutes)),
    ):
        StageChange.objects.create(lead=lead, from_stage=before, to_stage=after, reason="r", changed_at=at)
    return lead


def test_without_claims_there_is_nothing_to_tell():
    times = claim_times(since=NOON - DAY, until=NOON)

    assert (times.claims, times.on_time, times.median_seconds) == (0, 0, None)


def test_the_median_and_those_on_time_are_measured():
    # The target is 30 minutes, so of 4, 20 and 90 minutes two are on time.
    for minutes in (4, 20, 90):
        claimed_after(minutes)

    times = claim_times(since=NOON - DAY, until=NOON + DAY)

    assert (times.claims, times.on_time, times.median_seconds) == (3, 2, 20 * 60)
    assert [number for _, number in times.histogram] == [1, 0, 1, 0, 1, 0]


def test_a_claim_the_next_morning_is_on_time_by_working_hours():
    # An SQL at 17:50 on Wednesday has 10 minutes until 18:00 and 20 from 8:00 on: 8:15 is on time.
    evening = datetime(2026, 6, 17, 17, 50, tzinfo=UTC)
    claimed_after(14 * 60 + 25, became_sql_at=evening)

    times = claim_times(since=NOON - DAY, until=NOON + 2 * DAY)

    assert times.on_time == 1
    assert times.median_seconds == 25 * 60


def test_a_released_lead_keeps_the_clock_that_it_had():
    lead = claimed_after(5)
    for before, after, minutes in (("claimed", "sql", 10), ("sql", "claimed", 50)):
        StageChange.objects.create(
            lead=lead, from_stage=before, to_stage=after, reason="r", changed_at=NOON + timedelta(minutes=minutes)
        )

    times = claim_times(since=NOON - DAY, until=NOON + DAY)

    assert times.claims == 2
    assert [number for _, number in times.histogram] == [0, 1, 0, 1, 0, 0]


def test_claims_outside_the_span_are_left_out():
    claimed_after(4)

    assert claim_times(since=NOON + timedelta(minutes=4), until=NOON + DAY).claims == 0
    assert claim_times(since=NOON - DAY, until=NOON + timedelta(minutes=3)).claims == 0
