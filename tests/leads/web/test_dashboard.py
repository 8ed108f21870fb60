"""The dashboard: counts, shares only where there are cases enough, and numbers that link to their leads."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Stage, StageChange
from leads.web.dashboard import funnel_steps
from tests.make import NOON, make_lead


def change(lead, to_stage, *, days_ago=1.0, from_stage="new"):
    return StageChange.objects.create(
        lead=lead, from_stage=from_stage, to_stage=to_stage, reason="r", changed_at=NOON - timedelta(days=days_ago)
    )


def numbers(response):
    """Return the funnel's numbers by their labels' addresses."""
    assert response.status_code == 200
    found = re.findall(r'class="funnel-number" href="([^"]*)">([\d,]+)<', response.content.decode())
    return {address.replace("&amp;", "&"): int(number.replace(",", "")) for address, number in found}


def test_it_counts_who_came_in_and_who_entered_each_stage(browser):
    for _ in range(3):
        change(make_lead(), "mql")
    change(make_lead(created_at=NOON - timedelta(days=40)), "sql", days_ago=31)

    counts = numbers(browser.get("/"))

    assert counts["/leads/?created=30"] == 3
    assert counts["/leads/?reached=mql&reached_within=30"] == 3
    assert counts["/leads/?reached=sql&reached_within=30"] == 0


@pytest.mark.parametrize(("days", "expected"), [("7", 1), ("30", 2), ("90", 3)])
def test_the_period_can_be_changed(browser, days, expected):
    for ago in (1, 20, 80):
        make_lead(created_at=NOON - timedelta(days=ago))

    counts = numbers(browser.get(f"/?days={days}"))

    assert counts[f"/leads/?created={days}"] == expected


def test_a_period_that_does_not_exist_is_named(browser):
    response = browser.get("/?days=abc")

    assert "There is no period of “abc” days. Showing 30 days." in response.content.decode()


def test_every_number_of_the_funnel_equals_the_list_it_links_to(browser):
    for _ in range(4):
        change(make_lead(stage=Stage.MQL), "mql")
    change(make_lead(stage=Stage.SQL), "sql")
    merged = make_lead(merged_into=make_lead())
    change(merged, "mql")

    for address, number in numbers(browser.get("/")).items():
        page = browser.get(address).content.decode()
        assert f"{number} of {number} lead" in page


def test_a_lead_that_entered_a_stage_twice_counts_once(browser):
    lead = make_lead()
    change(lead, "mql")
    change(lead, "mql")

    assert numbers(browser.get("/"))["/leads/?reached=mql&reached_within=30"] == 1


def test_under_thirty_cases_no_share_and_no_change_is_told():
    now = {"new": 29, "engaged": 10, "mql": 0, "sql": 0, "claimed": 0, "customer": 0}

    steps = funnel_steps(now, now, "30")

    assert [step.share for step in steps] == [None] * 6
    assert [step.change for step in steps] == [None] * 6


def test_from_thirty_cases_on_shares_and_changes_are_told():
    now = {"new": 60, "engaged": 45, "mql": 30, "sql": 31, "claimed": 3, "customer": 0}
    before = {"new": 40, "engaged": 50, "mql": 29, "sql": 0, "claimed": 0, "customer": 0}

    steps = funnel_steps(now, before, "30")

    # 45/60, 30/45; 31 of 30 can't be a share of them; 3/31; nothing of 3.
    assert [step.share for step in steps] == [None, 75.0, 66.7, None, 9.7, None]
    # 20/40, -5/50; 29 is too few.
    assert [step.change for step in steps] == [50, -10, None, None, None, None]


def test_sources_tell_how_far_their_leads_got(browser):
    for number in range(4):
        lead = make_lead(source="webinar")
        if number < 2:
            change(lead, "mql")
    make_lead(source="ad", created_at=NOON - timedelta(days=31))

    page = browser.get("/").content.decode()

    assert 'href="/leads/?created=30&amp;source=webinar">4</a>' in page
    assert 'href="/leads/?created=30&amp;reached=mql&amp;source=webinar" title="2 of 4">2</a>' in page
    assert "source=ad" not in page


def test_more_leads_take_as_many_queries(browser):
    browser.get("/?days=7")
    make_lead(source="ad")
    with CaptureQueriesContext(connection) as few:
        browser.get("/?days=30")
    for number in range(20):
        change(make_lead(source=f"channel {number}"), "mql")

    with CaptureQueriesContext(connection) as many:
        browser.get("/?days=90")

    assert len(many) == len(few)
