"""A sales rep's day: the queue, the claim, the way back, and coming second."""

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.handoff.claim import claim_lead
from leads.models import Lead


def row_of(page: Page, name: str):
    return page.locator(".queue-row").filter(has_text=name)


def toast(page: Page, text: str):
    return page.locator(".toast").filter(has_text=text)


def test_the_most_urgent_stand_first_with_the_time_they_have_left(open_page, sales, waiting):
    page = open_page(sales, "/queue/")

    expect(page.locator(".queue-row [data-open]")).to_have_text(["Lea Late", "Sonja Soon", "Lars Later"])
    expect(page.locator(".queue-group")).to_have_text(
        [re.compile("Late 1"), re.compile("15 minutes 1"), re.compile("Later 1")]
    )
    expect(row_of(page, "Lea Late").locator(".clock")).to_have_text(re.compile(r"30 min late"))
    expect(row_of(page, "Sonja Soon").locator(".clock")).to_have_text(re.compile(r"09:\d\d"))


def test_a_claim_is_undone_and_made_again_with_keys(open_page, sales, waiting):
    page = open_page(sales, "/queue/")
    page.evaluate("window.stays = true")
    mine = page.get_by_role("complementary", name="My claimed leads")

    page.get_by_role("button", name="Claim Sonja Soon").click()
    expect(toast(page, "Sonja Soon is yours.")).to_be_visible()
    expect(row_of(page, "Sonja Soon")).to_have_count(0)
    expect(mine).to_contain_text("Sonja Soon")
    expect(page.get_by_role("navigation", name="Queue")).to_contain_text("Waiting 2")
    assert page.evaluate("window.stays")

    page.get_by_role("button", name="Undo").click()
    expect(toast(page, "Sonja Soon is back in the queue.")).to_be_visible()
    expect(row_of(page, "Sonja Soon")).to_be_visible()
    expect(mine).not_to_contain_text("Sonja Soon")

    page.wait_for_load_state()  # the keys come with a script
    page.keyboard.press("j")
    expect(page.locator(".queue-row.is-current")).to_contain_text("Lea Late")
    page.keyboard.press("c")
    expect(toast(page, "Lea Late is yours.")).to_be_visible()
    expect(page.locator(".queue-row.is-current")).to_contain_text("Sonja Soon")
    page.keyboard.press("z")
    expect(toast(page, "Lea Late is back in the queue.")).to_be_visible()
    assert Lead.objects.filter(owner=sales).count() == 0


def test_who_comes_second_is_told_who_was_first(open_page, sales, other_sales, waiting, tolerated):
    tolerated.append("409")  # Chromium prints every refused request
    page = open_page(sales, "/queue/")

    def be_beaten(route) -> None:
        claim_lead(waiting[0], rep=other_sales, now=timezone.now())
        route.continue_()

    page.route("**/claim/", be_beaten)
    page.get_by_role("button", name="Claim Lea Late").click()

    expect(row_of(page, "Olga Other claimed Lea Late a moment before you.")).to_be_visible()
    row_of(page, "Olga Other").get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1, name="Lea Late")).to_be_visible()
    expect(page.get_by_role("button", name="Claim lead")).to_have_count(0)


def test_a_lead_is_claimed_and_released_on_its_own_page(open_page, sales, waiting):
    page = open_page(sales, f"/leads/{waiting[0].pk}/")

    page.keyboard.press("c")
    expect(toast(page, "Lea Late is yours.")).to_be_visible()
    expect(page.locator(".lead-head .pill")).to_have_text(re.compile("Claimed"))

    page.get_by_role("button", name="Release").click()
    expect(page.locator(".lead-head .pill")).to_have_text(re.compile("SQL"))


def test_a_lead_that_others_claim_leaves_the_queue_by_itself(open_page, sales, other_sales, waiting):
    page = open_page(sales, "/scoring/")
    page.clock.install()
    page.get_by_role("link", name="Sales queue").click()
    expect(page.locator(".queue-row")).to_have_count(3)

    claim_lead(waiting[0], rep=other_sales, now=timezone.now())
    page.clock.fast_forward("00:06")

    expect(row_of(page, "Lea Late")).to_have_count(0)
    page.clock.fast_forward("00:06")
    expect(page.get_by_role("heading", name="Due within 15 minutes")).to_be_visible()


def test_single_keys_can_be_switched_off_and_stay_off(open_page, sales, waiting):
    page = open_page(sales, "/queue/")
    page.keyboard.press("?")
    page.get_by_label("Single keys").uncheck()
    page.get_by_role("button", name="Close").click()

    page.reload()
    page.keyboard.press("j")

    expect(page.locator(".queue-row")).to_have_count(3)
    expect(page.locator(".queue-row.is-current")).to_have_count(0)


def test_a_marketer_sees_the_queue_and_claims_nothing(open_page, marketer, waiting):
    page = open_page(marketer, "/queue/")

    expect(page.locator(".queue-row")).to_have_count(3)
    expect(page.get_by_role("button", name=re.compile("Claim"))).to_have_count(0)
