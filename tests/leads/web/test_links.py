"""Tracked links as a marketer makes and reads them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.events.tally import count_one
from leads.models import AuditEntry, Counted, Link
from tests.make import NOON, make_link
from tests.pages import words

GIVEN = {"name": "Spring ad", "target": "https://www.halden.example/spring", "kind": "ad", "passes_visitor": "on"}


def test_a_link_is_made_with_an_address_nobody_guesses(browser, marketer):
    response = browser.post("/links/add/", {**GIVEN, "utm_campaign": "spring"})

    link = Link.objects.get()
    assert response["Location"] == f"/links/{link.pk}/"
    assert (link.target, link.utm_campaign, link.made_by) == (GIVEN["target"], "spring", marketer)
    assert len(link.slug) == 10
    assert AuditEntry.objects.filter(action="link made", actor=marketer).exists()


def test_a_link_may_have_a_name_of_its_own(browser):
    browser.post("/links/add/", {**GIVEN, "slug": "Spring-Sale"})

    assert Link.objects.get().slug == "spring-sale"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("target", "javascript:alert(1)", "begins with https://"),
        ("target", "", "This field is required"),
        ("slug", "a/../b", "such as spring-sale"),
        ("slug", "taken", "There is a link with the address taken already."),
        ("kind", "banner", "Select a valid choice"),
        ("name", "", "This field is required"),
        ("name", "n" * 101, "at most 100 characters"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_stays(browser, field, value, expected):
    make_link(slug="taken")

    response = browser.post("/links/add/", {**GIVEN, "utm_source": "google", field: value})

    page = response.content.decode()
    assert response.status_code == 400
    assert expected in page.replace("&quot;", '"')
    assert 'value="google"' in page
    assert Link.objects.count() == 1


def test_the_list_shows_links_in_use_with_their_clicks(browser):
    link, _ = make_link(name="Lease ad"), make_link(name="Old ad", archived_at=NOON)
    for _ in range(3):
        count_one(Counted.LINK_CLICK, link.pk, now=NOON)
    count_one(Counted.LINK_MACHINE, link.pk, now=NOON)

    page = words(browser.get("/links/"))

    assert "Lease ad" in page
    assert "Old ad" not in page
    assert '<td class="right number">3</td>' in page
    assert f'data-copy="http://127.0.0.1:8000/r/{link.slug}/"' in page
    assert "Old ad" in words(browser.get("/links/?show=archived"))


def test_a_link_is_changed_but_for_its_address(browser):
    link = make_link(slug="printed")

    browser.post(f"/links/{link.pk}/", {**GIVEN, "slug": "other", "target": "https://new.example/"})

    link.refresh_from_db()
    assert (link.name, link.target, link.slug, link.passes_visitor) == (
        "Spring ad",
        "https://new.example/",
        "printed",
        True,
    )


def test_a_change_that_can_not_be_stored_changes_nothing(browser):
    link = make_link(name="Before")

    response = browser.post(f"/links/{link.pk}/", {**GIVEN, "target": "ftp://halden.example/"})

    assert response.status_code == 400
    link.refresh_from_db()
    assert link.name == "Before"


def test_archiving_can_be_undone(browser):
    link = make_link(name="Lease ad")

    page = words(browser.post(f"/links/{link.pk}/archive/", follow=True))
    assert "Lease ad is archived" in page
    assert f'action="/links/{link.pk}/restore/"' in page
    assert not Link.objects.in_use().exists()

    browser.post(f"/links/{link.pk}/restore/")
    assert Link.objects.in_use().get() == link


def test_a_link_has_a_code_to_print(browser):
    link = make_link(slug="stand")

    response = browser.get(f"/links/{link.pk}/code.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<?xml")
    assert b"<path" in response.content
    assert b"style=" not in response.content


def test_its_page_shows_its_days(browser):
    link = make_link()
    count_one(Counted.LINK_CLICK, link.pk, now=NOON)

    page = words(browser.get(f"/links/{link.pk}/"))

    assert "<title>17 Jun: 1</title>" in page
    assert page.count("<rect x=") == 30


def test_the_list_takes_as_many_queries_for_fifty_links_as_for_one(browser):
    make_link()
    with CaptureQueriesContext(connection) as one:
        browser.get("/links/")
    for _ in range(55):
        make_link()

    with CaptureQueriesContext(connection) as fifty:
        page = words(browser.get("/links/"))

    assert len(fifty) == len(one)
    assert 'rel="next"' in page


def test_pages_go_on_where_the_last_one_ended(browser):
    links = [make_link(name=f"Number {number:02}") for number in range(60)]

    first = words(browser.get("/links/"))
    cursor = first.partition("after=")[2].partition('"')[0]
    second = words(browser.get(f"/links/?after={cursor}"))

    shown = [link for link in links if f">{link.name}</a>" in first]
    rest = [link for link in links if f">{link.name}</a>" in second]
    assert (len(shown), len(rest)) == (50, 10)
    assert not set(shown) & set(rest)
    assert "Number 59" in words(browser.get("/links/?after=nonsense"))
