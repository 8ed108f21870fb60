"""The frame of every screen: counts, freshness of scores, no way that leads nowhere."""

import re
from datetime import timedelta

from tests.make import NOON, make_lead, make_sql


def test_it_counts_leads_and_those_who_wait(browser):
    make_lead()
    make_sql()

    page = browser.get("/scoring/").content.decode()

    assert '<span class="nav-count">2</span>' in page
    assert '<span class="nav-count hot" id="nav-waiting" >1</span>' in page


def test_it_says_that_scores_are_up_to_date(browser):
    make_lead(score_due_at=NOON - timedelta(seconds=100))

    page = browser.get("/").content.decode()

    assert "Scores up to date" in page
    assert "Scoring is behind." not in page


def test_it_says_how_far_scores_are_behind(browser):
    make_lead(score_due_at=NOON - timedelta(minutes=24))

    page = browser.get("/").content.decode()

    assert "Scores 24 min behind" in page
    assert "up to 24 min old" in page


def test_every_way_in_the_frame_leads_somewhere(signed_in, admin_user):
    browser = signed_in(admin_user)
    frame = re.findall(
        r'<a class="(?:nav-item|tabbar-item|menu-item)[^"]*" href="([^"]+)"', browser.get("/").content.decode()
    )

    assert frame
    for address in set(frame):
        assert browser.get(address, follow=True).status_code == 200, address


def test_no_page_has_inline_styles_or_scripts(signed_in, admin_user):
    browser = signed_in(admin_user)
    lead = make_sql()

    for address in (
        "/",
        "/leads/",
        f"/leads/{lead.pk}/",
        "/queue/",
        "/scoring/",
        "/accounts/password_reset/",
        "/nowhere/",
    ):
        page = browser.get(address).content.decode()
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]* src=)|hx-on", page), address
        assert page.count("<h1") == 1, address
