"""Light and dark, desktop and phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

SCREENS = ["/", "/leads/", "/leads/add/", "/queue/", "/scoring/"]


def background(page: Page) -> tuple[int, ...]:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return tuple(map(int, re.findall(r"\d+", colour)[:3]))


def test_the_chosen_theme_stays_and_system_follows_the_system(open_page, marketer):
    page = open_page(marketer, "/scoring/", color_scheme="light")
    light = background(page)

    page.get_by_role("button", name="Shortcuts and theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    dark = background(page)
    page.goto("/leads/")

    assert sum(dark) < 150 < 600 < sum(light)
    assert background(page) == dark
    page.keyboard.press("?")
    page.get_by_role("button", name="System").click()
    assert background(page) == light
    page.emulate_media(color_scheme="dark")
    assert background(page) == dark


def too_wide(page: Page, *paths: str) -> dict[str, int]:
    """Return those of the paths whose page scrolls sideways, with its width."""
    widths = {}
    for path in paths:
        page.goto(path)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    return {path: width for path, width in widths.items() if width > 390}


def test_no_page_scrolls_sideways_on_a_phone(open_page, sales, known, waiting):
    page = open_page(sales, "/queue/", **PHONE)

    assert too_wide(page, *SCREENS, f"/leads/{known.pk}/", f"/leads/{waiting[0].pk}/") == {}


def test_no_page_about_capture_scrolls_sideways_on_a_phone(open_page, manager, capture_screens):
    page = open_page(manager, "/links/", **PHONE)

    assert too_wide(page, *capture_screens) == {}


def test_what_only_screen_readers_see_does_not_make_a_page_longer_than_the_window(open_page, sales, waiting):
    page = open_page(sales, f"/leads/{waiting[0].pk}/", **PHONE)

    assert page.evaluate("document.documentElement.scrollHeight") == page.evaluate("innerHeight")


def test_who_is_signed_in_stands_beside_the_way_out(open_page, marketer):
    marketer.time_zone = "America/Argentina/Buenos_Aires"
    marketer.save()
    page = open_page(marketer, viewport={"width": 1440, "height": 900})

    words = page.locator(".nav-me .size-11").bounding_box()
    button = page.get_by_role("navigation", name="Main", exact=True).get_by_role("button", name="Sign out")

    assert words["x"] + words["width"] <= button.bounding_box()["x"]


def test_the_sign_in_fits_a_phone(open_page):
    page = open_page(path="/accounts/login/", **PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_phone_is_steered_by_the_bar_at_the_bottom(open_page, sales, waiting):
    page = open_page(sales, "/leads/", **PHONE)
    bar = page.get_by_role("navigation", name="Main, small screens")

    box = bar.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_be_hidden()
    bar.get_by_role("link", name="Queue").tap()
    expect(page.get_by_role("heading", level=1, name="Sales queue")).to_be_visible()

    page.get_by_role("button", name="Claim Lea Late").tap()
    expect(page.locator(".toast").filter(has_text="Lea Late is yours.")).to_be_visible()

    bar.get_by_text("More").tap()
    bar.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_lead_is_claimed_from_the_bar_of_its_page_on_a_phone(open_page, sales, waiting):
    page = open_page(sales, f"/leads/{waiting[0].pk}/", **PHONE)

    page.get_by_role("button", name="Claim lead").tap()

    expect(page.locator(".lead-head .pill")).to_have_text(re.compile("Claimed"))
