"""The rule editor saves by itself: nothing is lost, however fast somebody types, presses and leaves."""

import re

from playwright.sync_api import expect

from scoring.models import RuleSet
from scoring.rules.definition import definition_of

SAVED = re.compile(r"^Saved \d\d:\d\d$")


def rule_in_draft(name: str) -> dict[str, object]:
    draft = definition_of(RuleSet.objects.get(status="draft"))
    return next(rule for rule in draft["rules"] if rule["name"] == name)


def test_five_quick_presses_count_five(open_page, admin_user, known):
    page = open_page(admin_user, "/scoring/")

    for _ in range(5):
        page.get_by_role("button", name="More: Trial started").click()
    expect(page.get_by_text(SAVED)).to_be_visible()

    expect(page.get_by_role("textbox", name="Points: Trial started")).to_have_value("+20")
    assert rule_in_draft("Trial started")["points"] == 20


def test_whoever_leaves_right_after_typing_takes_the_change_along(open_page, admin_user, known):
    page = open_page(admin_user, "/scoring/")

    page.get_by_role("textbox", name="Points: Trial started").fill("25")
    page.get_by_role("link", name="Personas").click()

    expect(page.get_by_role("heading", name="Personas")).to_be_visible()
    expect(page.get_by_text("1 change from live v1")).to_be_visible()
    assert rule_in_draft("Trial started")["points"] == 25


def test_what_is_typed_while_an_answer_is_on_its_way_stays_and_is_saved(open_page, admin_user, known):
    page = open_page(admin_user, "/scoring/")
    held = []
    page.route("**/scoring/edit/", lambda route: route.continue_() if held else held.append(route))

    page.get_by_role("button", name="More: Trial started").click()
    expect(page.get_by_text("Saving…")).to_be_visible()
    page.get_by_role("textbox", name="Points: Called us").fill("9")
    page.get_by_role("textbox", name="Points: Chat").fill("4")
    held[0].continue_()

    expect(page.get_by_text("3 changes from live v1")).to_be_visible()
    expect(page.get_by_role("textbox", name="Points: Called us")).to_have_value("+9")
    assert [rule_in_draft(name)["points"] for name in ("Trial started", "Called us", "Chat")] == [16, 9, 4]


def test_a_change_that_could_not_be_saved_is_told_kept_and_tried_again(open_page, admin_user, known, tolerated):
    tolerated += ["net::ERR", "htmx:"]
    page = open_page(admin_user, "/scoring/")
    page.route("**/scoring/edit/", lambda route: route.abort())

    page.get_by_role("textbox", name="Points: Trial started").fill("25")
    page.keyboard.press("Tab")
    expect(page.get_by_text("What you typed is still here.")).to_be_visible()
    expect(page.locator("#save-state")).to_have_text("Not saved")
    page.unroute("**/scoring/edit/")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(page.get_by_text("What you typed is still here.")).to_be_hidden()
    assert rule_in_draft("Trial started")["points"] == 25


def test_a_condition_is_added_with_the_keyboard_and_what_was_removed_comes_back(
    open_page, admin_user, known, tolerated
):
    # Figures may arrive for the rule while it is removed.
    tolerated += ["htmx:oobErrorNoTarget"]
    page = open_page(admin_user, "/scoring/")
    row = page.locator(".rule-row", has=page.get_by_text("Ad click", exact=True))

    row.locator("summary").press("Enter")
    scrolled = page.locator(".rule-rows").evaluate("list => list.scrollTop")
    row.get_by_role("button", name="Add condition").press("Enter")
    field = row.get_by_label("Detail of the event").last
    expect(field).to_be_focused()
    field.fill("campaign")
    row.get_by_label("Value").fill("spring")
    page.keyboard.press("Tab")
    expect(page.get_by_text("condition added: campaign starts with spring")).to_be_visible()
    assert scrolled > 0
    assert page.locator(".rule-rows").evaluate("list => list.scrollTop") >= scrolled
    row.get_by_role("button", name="Remove: Ad click").press("Enter")
    undo = page.get_by_role("button", name="Undo remove")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(row).to_be_visible()
    expect(page.get_by_text(SAVED)).to_be_visible()

    spring = {"field": "properties.campaign", "op": "starts_with", "value": "spring"}
    assert rule_in_draft("Ad click")["conditions"] == [spring]
