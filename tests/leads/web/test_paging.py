"""The page of a list that an address asks for, and the links to the pages beside it."""

import pytest

from tests.make import NOON, make_link
from tests.pages import link

LISTS = ("/assets/", "/duplicates/", "/forms/", "/imports/", "/kiosks/", "/links/", "/sources/")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("cursor", ["after=no-cursor", "before=no-cursor", "after=no&before=neither"])
def test_a_cursor_that_cannot_be_read_shows_the_first_page(browser, address, cursor):
    answer = browser.get(f"{address}?{cursor}")

    assert answer.status_code == 200
    assert answer.context["page"].previous == ""


def test_the_links_to_other_pages_keep_what_else_the_address_says(browser):
    for _ in range(51):
        make_link(archived_at=NOON)

    first = browser.get("/links/?show=archived")
    second = browser.get(link(first, "next"))
    again = browser.get(link(second, "prev"))

    assert (len(first.context["page"].rows), len(second.context["page"].rows)) == (50, 1)
    assert again.context["page"].rows == first.context["page"].rows
    assert 'rel="prev"' not in again.content.decode()
