"""Reading, and the claim, work where scripts do not."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.make import PASSWORD


@pytest.fixture
def plain(open_page, sales) -> Page:
    page = open_page(path="/leads/", java_script_enabled=False)
    sign_in(page, sales, PASSWORD)
    return page


def test_the_list_is_searched_filtered_and_paged(plain, known, many):
    plain.reload()
    rows = plain.locator("tbody tr")
    expect(rows).to_have_count(50)
    plain.get_by_role("link", name="Next").click()
    expect(rows).to_have_count(11)
    plain.get_by_role("link", name="Previous").click()
    expect(rows).to_have_count(50)

    plain.locator("summary", has_text="Score").click()
    plain.get_by_label("At least").fill("50")
    plain.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(11)
    expect(plain.locator(".chip")).to_contain_text("50")

    plain.get_by_role("searchbox", name="Search leads").fill("maja")
    plain.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(plain.locator(".chip")).to_contain_text("50")

    plain.get_by_role("link", name="Maja Lund").click()
    expect(plain.get_by_role("heading", name="Why this score")).to_be_visible()
    activity = plain.get_by_role("region", name="Activity")
    activity.get_by_role("link", name="Load older").click()
    expect(activity.locator("time")).to_have_count(6)


def test_a_lead_is_claimed_and_released(plain, waiting):
    plain.get_by_role("link", name="Sales queue").click()

    plain.get_by_role("button", name="Claim Lea Late").click()
    expect(plain.locator(".toast")).to_contain_text("Lea Late is yours.")

    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator(".toast")).to_contain_text("Lea Late is back in the queue.")

    plain.get_by_role("link", name="Sonja Soon").click()
    plain.locator(".lead-head").get_by_role("button", name="Claim lead").click()
    expect(plain.locator(".lead-head .pill")).to_have_text(re.compile("Claimed"))

    plain.get_by_role("button", name="Sign out").click()
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()
