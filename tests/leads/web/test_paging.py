"""The page that an address asks for: a cursor that can't be read is as good as none."""

import pytest

LISTS = ("/assets/", "/duplicates/", "/forms/", "/imports/", "/kiosks/", "/links/", "/sources/")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("cursor", ["after=no-cursor", "before=no-cursor", "after=no&before=neither"])
def test_a_cursor_that_cannot_be_read_shows_the_first_page(browser, address, cursor):
    answer = browser.get(f"{address}?{cursor}")

    assert answer.status_code == 200
    assert answer.context["page"].previous == ""
