"""Kiosks and posters: the list, the sheet of a stand, and the end of it."""

from datetime import date

import pytest

from leads.models import Kiosk
from tests.make import NOON, make_form, make_kiosk


def test_a_kiosk_is_open_until_the_end_of_its_last_day(browser):
    form = make_form()

    answer = browser.post("/kiosks/", {"event": "Host Milano", "form": form.pk, "ends_on": "2026-06-19"}, follow=True)

    kiosk = Kiosk.objects.get()
    assert (kiosk.event, kiosk.form, kiosk.ends_at.isoformat()) == ("Host Milano", form, "2026-06-20T00:00:00+00:00")
    assert "The kiosk for Host Milano is open." in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"event": ""}, "This field is required."),
        ({"ends_on": "2026-06-16"}, "That day is over. Choose today or a later one."),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(browser, said, error):
    typed = {"event": "Host Milano", "form": make_form().pk, "ends_on": str(date(2026, 6, 19)), **said}

    answer = browser.post("/kiosks/", typed)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert error in page
    assert f'value="{typed["ends_on"]}"' in page
    assert not Kiosk.objects.exists()


def test_a_kiosk_that_is_over_takes_no_more_cards(browser):
    kiosk = make_kiosk()

    answer = browser.post(f"/kiosks/{kiosk.pk}/end/", follow=True)

    kiosk.refresh_from_db()
    assert not kiosk.is_open(NOON)
    assert f"The kiosk for {kiosk.event} is over." in answer.content.decode()


def test_a_poster_leads_to_its_form_and_says_where_it_hangs(browser):
    form = make_form()

    answer = browser.get(f"/kiosks/?form={form.key}&place=Showroom Oslo", follow=True)

    assert answer.redirect_chain == [(f"/check-in/{form.key}/?place=Showroom+Oslo", 302)]
    assert "utm_content=Showroom+Oslo" in answer.content.decode()
