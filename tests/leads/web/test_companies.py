"""The companies: the list, and one with its people."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Stage
from tests.make import NOON, make_event, make_lead, make_organization
from tests.pages import link


def names(response):
    assert response.status_code == 200
    return re.findall(r'data-open href="[^"]*" title="([^"]*)"', response.content.decode())


@pytest.fixture
def companies(db):
    for name, score in (("Brandt", 40), ("Åkerlund", 70), ("Visser", 55)):
        organization = make_organization(name, domain=f"{name[:3].lower()}.example")
        make_lead(organization=organization, score=score, behaviour=10)
    make_organization("Nobody yet")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Åkerlund", "Visser", "Brandt", "Nobody yet"]),
        ("sort=score", ["Nobody yet", "Brandt", "Visser", "Åkerlund"]),
        ("q=vis", ["Visser"]),
        ("q=bra.EXAMPLE", ["Brandt"]),
    ],
)
def test_it_sorts_by_score_and_finds_names_and_domains(companies, browser, query, expected):
    assert names(browser.get(f"/organizations/?{query}")) == expected


def test_by_name_both_ways(companies, browser):
    forward, back = (names(browser.get(f"/organizations/?sort={sort}")) for sort in ("name", "-name"))

    assert forward == back[::-1]
    assert forward.index("Brandt") < forward.index("Visser")


def test_nothing_found_an_unknown_order_and_a_cut_address_are_said(companies, browser):
    assert "No company has “zzz”" in browser.get("/organizations/?q=zzz").content.decode()
    assert "There is no order “size”." in browser.get("/organizations/?sort=size").content.decode()
    assert "Showing the first page." in browser.get("/organizations/?after=abc").content.decode()


@pytest.mark.parametrize("sort", ["-score", "score", "name", "-name"])
def test_pages_go_on_where_they_ended_without_a_gap_or_a_repetition(browser, sort):
    for number in range(120):
        organization = make_organization(f"Company {number:03}")
        for _ in range(number % 3):
            make_lead(organization=organization, score=number % 5 + 0.1, behaviour=5)

    first = browser.get(f"/organizations/?sort={sort}")
    second = browser.get(link(first, "next"))
    third = browser.get(link(second, "next"))

    shown = [*names(first), *names(second), *names(third)]
    assert len(shown) == len(set(shown)) == 120
    assert link(third, "next") is None
    assert names(browser.get(link(third, "prev"))) == names(second)


def test_list_and_page_ask_a_fixed_number_of_queries(browser):
    organization = make_organization("Few")
    make_event(make_lead(organization=organization))
    browser.get(f"/organizations/{organization.pk}/")  # what a process asks for once
    with CaptureQueriesContext(connection) as few:
        browser.get("/organizations/")
        browser.get(f"/organizations/{organization.pk}/")
    for _ in range(30):
        make_event(make_lead(organization=organization, stage=Stage.MQL))
        make_lead(organization=make_organization())

    with CaptureQueriesContext(connection) as many:
        browser.get("/organizations/")
        browser.get(f"/organizations/{organization.pk}/")

    assert len(many) == len(few)


def test_a_company_tells_where_its_score_comes_from_who_works_there_and_what_they_did(browser):
    organization = make_organization("Åkerlund", domain="aker.example", employee_count=120)
    best = make_lead(first_name="Yara", organization=organization, score=61, behaviour=30, stage=Stage.MQL)
    other = make_lead(first_name="Bruno", organization=organization, score=20, behaviour=5, stage=Stage.ENGAGED)
    make_lead(first_name="Gone", organization=organization, merged_into=best)
    make_event(other, "ebook_downloaded", occurred_at=NOON)

    page = re.sub(r"\s+", " ", browser.get(f"/organizations/{organization.pk}/").content.decode())

    assert '<p class="company-score">64</p>' in page  # 61 and 3 for the second
    assert "<dt>More people</dt><dd>+3</dd>" in page
    assert "2 of 2" in page
    assert page.index("Yara") < page.index("Bruno")
    assert "Gone" not in page
    assert "aker.example · 120 staff" in page
    assert "Downloaded eBook" in page


def test_an_empty_company_says_so(browser):
    page = browser.get(f"/organizations/{make_organization().pk}/").content.decode()

    assert "Nobody is known to work here at present." in page
    assert "Nobody of this company has done anything yet." in page


def test_an_unknown_company_is_not_found(browser):
    assert browser.get("/organizations/99999/").status_code == 404


def test_the_lead_page_leads_to_its_company_with_the_score(browser):
    organization = make_organization("Åkerlund")
    lead = make_lead(organization=organization, score=30, behaviour=10)
    make_lead(organization=organization, score=50, behaviour=10)

    page = browser.get(f"/leads/{lead.pk}/").content.decode()

    assert f'href="/organizations/{organization.pk}/"' in page
    assert '53 <span class="text-3">from 2 people</span>' in page


def test_rest_gives_score_and_people_and_sorts_by_score(companies, client, marketer):
    client.force_login(marketer)

    found = client.get("/api/organizations/", {"ordering": "-score", "page_size": 2}).json()

    assert [(one["name"], one["score"], one["people"]) for one in found["results"]] == [
        ("Åkerlund", 70.0, 1),
        ("Visser", 55.0, 1),
    ]
    assert client.get(found["next"]).json()["results"][0]["name"] == "Brandt"
    assert client.get(f"/api/organizations/{found['results'][0]['id']}/").json()["engaged"] == 1
