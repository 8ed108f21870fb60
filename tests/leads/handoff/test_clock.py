from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from leads.handoff.clock import WorkingHours
from leads.lifecycle.move import Move, move_leads
from leads.models import Stage
from tests.make import NOON, make_lead, make_sql

STOCKHOLM = WorkingHours(ZoneInfo("Europe/Stockholm"), 8, 18)


@pytest.mark.parametrize(
    ("became_sql", "respond_by"),
    [
        # A Wednesday at ten in Stockholm (UTC+2 in summer): half an hour later.
        ((2026, 6, 17, 8, 0), (2026, 6, 17, 8, 30)),
        # Ten minutes before closing: twenty minutes after opening the next day.
        ((2026, 6, 17, 15, 50), (2026, 6, 18, 6, 20)),
        # Friday evening: Monday at half past eight.
        ((2026, 6, 19, 17, 0), (2026, 6, 22, 6, 30)),
        # Before opening: the clock waits for eight o'clock.
        ((2026, 6, 17, 3, 0), (2026, 6, 17, 6, 30)),
        # The Friday before the clocks go back, and the Monday after: eight o'clock is 06:00 and then 07:00 UTC.
        ((2026, 10, 23, 15, 50), (2026, 10, 26, 7, 20)),
    ],
)
def test_the_clock_runs_in_working_hours_only(became_sql, respond_by):
    moment = datetime(*became_sql, tzinfo=UTC)

    assert STOCKHOLM.add_minutes(moment, 30) == datetime(*respond_by, tzinfo=UTC)


def test_a_target_longer_than_a_day_runs_over_several_days():
    wednesday = datetime(2026, 6, 17, 6, 0, tzinfo=UTC)

    assert STOCKHOLM.add_minutes(wednesday, 25 * 60) == datetime(2026, 6, 19, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        # Within a Wednesday, whose working hours in UTC are 6:00 to 16:00.
        ((2026, 6, 17, 8, 0), (2026, 6, 17, 8, 45), 45),
        # Ten minutes before closing and a quarter of an hour after opening.
        ((2026, 6, 17, 15, 50), (2026, 6, 18, 6, 15), 25),
        # The night alone, and a weekend with an hour of Friday and one of Monday around it.
        ((2026, 6, 17, 17, 0), (2026, 6, 18, 5, 0), 0),
        ((2026, 6, 19, 15, 0), (2026, 6, 22, 7, 0), 120),
        # The wrong way round.
        ((2026, 6, 17, 9, 0), (2026, 6, 17, 8, 0), 0),
    ],
)
def test_only_working_hours_count_between_two_moments(start, end, minutes):
    assert STOCKHOLM.seconds_between(datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC)) == minutes * 60


@pytest.mark.django_db
def test_a_new_sql_gets_thirty_working_minutes():
    lead = make_lead(stage=Stage.MQL)

    move_leads([Move(lead.pk, Stage.MQL, (Stage.SQL,), "Reached 70 points.")], now=NOON)

    lead.refresh_from_db()
    assert lead.respond_by == NOON.replace(minute=30)


@pytest.mark.django_db
def test_an_sql_that_falls_back_has_no_clock():
    lead = make_sql()

    move_leads([Move(lead.pk, Stage.SQL, (Stage.MQL,), "Fell to 59 points.")], now=NOON)

    lead.refresh_from_db()
    assert lead.respond_by is None
