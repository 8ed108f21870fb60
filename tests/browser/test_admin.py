"""An admin tunes scoring and watches the scores follow; the third parties' pages keep to their policy."""

import re

from playwright.sync_api import expect

from leads.people.add import add_lead
from scoring.models import RuleSet, RuleSetStatus
from tests.make import NOON


def test_an_admin_changes_a_rule_and_the_lead_follows(open_page, admin_user):
    lead = add_lead({"email": "per@halden.com", "title": "Head of Office"}, by=admin_user, now=NOON)
    page = open_page(admin_user, f"/leads/{lead.pk}/")
    expect(page.locator(".score-large")).to_have_text("16")

    page.get_by_role("link", name="Scoring rules").click()
    page.get_by_role("link", name="Open in Django admin").click()
    name = page.locator("input[name$='-name'][value='Role is head of']").get_attribute("name")
    page.locator(f"input[name='{name.removesuffix('-name')}-points']").fill("20")
    page.get_by_role("button", name=re.compile("Save")).first.click()
    expect(page.get_by_text("Default v2 is live.")).to_be_visible()

    page.goto(f"/leads/{lead.pk}/")
    expect(page.locator(".score-large")).to_have_text("24")
    expect(page.get_by_role("region", name="Why this score")).to_contain_text("Rules v2")
    assert RuleSet.objects.get(status=RuleSetStatus.LIVE).published_by == admin_user


def test_the_api_documentation_shows_what_its_reader_may_do(open_page, sales):
    page = open_page(sales, "/api/docs/")

    expect(page.locator(".opblock-post").filter(has_text="claim")).to_be_visible()
