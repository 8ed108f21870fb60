"""The lead list: search, filters, orders, pages; every state of it is a link."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Stage, StageChange
from tests.make import NOON, make_lead, make_organization, make_sql
from tests.make_rules import OFFICE_MANAGER, TRIAL, publish_rules
from tests.pages import link


def names(response):
    """Return the names of the leads shown, from top to bottom."""
    assert response.status_code == 200
    return re.findall(r'data-open href="[^"]*" title="([^"]*)"', response.content.decode())


def test_it_shows_the_latest_activity_first(browser):
    make_lead(first_name="Older", last_event_at=NOON - timedelta(hours=2))
    make_lead(first_name="Newer", last_event_at=NOON - timedelta(hours=1))

    response = browser.get("/leads/")

    assert names(response) == ["Newer", "Older"]


def test_a_merged_lead_is_not_listed(browser):
    survivor = make_lead(first_name="Survivor")
    make_lead(first_name="Absorbed", merged_into=survivor)

    response = browser.get("/leads/")

    assert names(response) == ["Survivor"]


@pytest.mark.parametrize("query", ["berg", "BERG", "ada@tal", "+4670", "tal", "ad", "be", "t"])
def test_the_search_finds_parts_of_name_company_address_and_phone(browser, query):
    organization = make_organization("Talgo")
    make_lead(
        "ada@talgo.example", first_name="Ada", last_name="Bergman", phone="+46701234567", organization=organization
    )
    make_lead("other@example.com", first_name="Nobody", last_name="Else")

    response = browser.get("/leads/", {"q": query})

    assert names(response) == ["Ada Bergman"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=sql", ["Sql"]),
        ("stage=sql&stage=mql", ["Mql", "Sql"]),
        ("source=webinar", ["Mql"]),
        ("owner=none", ["Mql", "New", "Sql"]),
        ("score_min=40", ["Mql", "Sql"]),
        ("score_max=39", ["Claimed", "New"]),
        ("score_min=40&score_max=60", ["Mql"]),
        ("activity=7", ["Claimed", "Mql", "Sql"]),
        ("activity=quiet-30", ["New"]),
        ("created=7", ["Claimed", "Mql", "New"]),
        ("reached=mql", ["Sql"]),
        ("reached=mql&reached_within=7", []),
    ],
)
def test_filters_narrow_it_down(browser, sales, query, expected):
    make_lead(first_name="New", last_event_at=NOON - timedelta(days=31))
    make_lead(first_name="Mql", stage=Stage.MQL, score=50.0, source="webinar")
    sql = make_sql(first_name="Sql", created_at=NOON - timedelta(days=20))
    make_lead(first_name="Claimed", stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)
    StageChange.objects.create(
        lead=sql, from_stage="new", to_stage="mql", reason="r", changed_at=NOON - timedelta(days=10)
    )

    response = browser.get(f"/leads/?{query}&sort=name")

    assert sorted(names(response)) == expected


def test_my_leads_are_those_i_own(rep_browser, sales, other_sales):
    make_lead(first_name="Mine", owner=sales)
    make_lead(first_name="Theirs", owner=other_sales)

    response = rep_browser.get("/leads/?owner=me")

    assert names(response) == ["Mine"]


def test_the_personas_of_the_rules_are_a_filter(browser):
    publish_rules([TRIAL], personas=[OFFICE_MANAGER])
    make_lead(first_name="Maja", persona="Office manager", last_event_kind="page_viewed")
    make_lead(first_name="Nobody")

    all_leads = browser.get("/leads/", {"stage": "new"})
    narrowed = browser.get("/leads/", {"stage": "new", "persona": "Office manager"})

    assert '<button class="menu-item" name="persona" value="Office manager">' in all_leads.content.decode()
    assert names(narrowed) == ["Maja"]
    page = narrowed.content.decode()
    assert "<span>Persona</span>" in page
    assert 'name="persona" value="Office manager">Office' not in page


def test_a_filter_in_force_is_a_chip_that_leads_to_the_list_without_it(browser):
    response = browser.get("/leads/?stage=mql&score_min=40&q=ann")

    page = response.content.decode()
    assert 'href="/leads/?score_min=40&amp;q=ann"' in page
    assert 'href="/leads/?stage=mql&amp;q=ann"' in page


def test_a_filter_that_was_not_understood_can_be_chosen_again(browser):
    page = browser.get("/leads/?stage=foo").content.decode()

    assert 'href="/leads/?stage=mql"' in page


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("score_min=abc", "Score at least: Enter a whole number. Got “abc”."),
        ("score_max=101", "Score at most: Ensure this value is less than or equal to 100. Got “101”."),
        ("stage=unknown", "Stage: Select a valid choice. unknown is not one of the available choices."),
        ("activity=9", "Last activity: Select a valid choice. 9 is not one of the available choices. Got “9”."),
        ("owner=root", "Owner: expected &quot;me&quot;, &quot;none&quot; or the id of a user Got “root”."),
        ("q=%00", "Search: Null characters are not allowed."),
        ("sort=age", "Sort: there is no order “age”. Showing the latest activity."),
        ("after=nonsense", "This page address is not one of ours: nonsense. Showing the first page."),
        ("after=WzEsMl0", "This page address is not one of ours: WzEsMl0. Showing the first page."),
        ("owner=99999999999999999999", "Owner: Ensure this value has at most 18 characters (it has 20)."),
        ("owner=999999999999999999", "0 leads"),
        ("sort=score&after=W3tdLCAxXQ", "This page address is not one of ours"),
    ],
)
def test_what_it_does_not_understand_is_named_and_left_out(browser, query, message):
    make_lead(first_name="Ann")

    response = browser.get(f"/leads/?{query}")

    assert response.status_code == 200
    assert message in response.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("sort", ["-activity", "activity", "-score", "score", "-created", "created", "name", "-name"])
def test_every_order_pages_through_all_leads_once_and_back(browser, sort):
    for number in range(120):
        make_lead(
            first_name=f"F{number % 7}",
            last_name=f"L{number % 3}",
            score=float(number % 10),
            last_event_at=NOON - timedelta(minutes=number % 11),
            created_at=NOON - timedelta(minutes=number % 13),
        )

    first = browser.get(f"/leads/?sort={sort}")
    second = browser.get(link(first, "next"))
    third = browser.get(link(second, "next"))
    back = browser.get(link(third, "prev"))

    rows = [re.findall(r'id="lead-(\d+)"', page.content.decode()) for page in (first, second, third, back)]
    assert [len(page) for page in rows] == [50, 50, 20, 50]
    assert len({pk for page in rows[:3] for pk in page}) == 120
    assert rows[3] == rows[1]
    assert link(third, "next") is None
    assert link(first, "prev") is None


def test_it_says_how_many_leads_there_are(browser):
    for _ in range(3):
        make_lead()

    response = browser.get("/leads/")

    assert "3 of 3 leads" in response.content.decode()


def test_htmx_gets_the_table_alone(browser):
    make_lead(first_name="Ann")

    response = browser.get("/leads/", headers={"HX-Request": "true", "HX-Target": "lead-table"})

    page = response.content.decode()
    assert names(response) == ["Ann"]
    assert "<html" not in page
    assert page.lstrip().startswith('<div class="list" id="lead-table"')


def test_an_empty_list_says_how_leads_come_in(browser):
    response = browser.get("/leads/")

    assert "Bring in your first lead" in response.content.decode()


def test_no_match_offers_to_clear_the_filters(browser):
    make_lead()

    response = browser.get("/leads/?q=zzzzz&stage=mql")

    assert "No leads match “zzzzz” and 1 filter." in response.content.decode()


def test_names_are_escaped(browser):
    make_lead(first_name="<script>alert(1)</script>")

    response = browser.get("/leads/")

    assert "<script>alert" not in response.content.decode()


def test_fifty_leads_take_as_many_queries_as_two(browser, sales):
    make_lead(organization=make_organization(), owner=sales)
    make_lead()
    browser.get("/leads/")  # the live rule set is read once in a process
    with CaptureQueriesContext(connection) as few:
        browser.get("/leads/?sort=-score")
    for _ in range(48):
        make_lead(organization=make_organization(), owner=sales)

    with CaptureQueriesContext(connection) as many:
        browser.get("/leads/?sort=-score")

    assert len(many) == len(few)
    assert len(many) <= 12
