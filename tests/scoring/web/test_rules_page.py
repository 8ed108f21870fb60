"""The page of the live rule set."""

import re
from datetime import timedelta

import pytest
import time_machine

from scoring.models import RuleSet
from tests.make import NOON, make_lead
from tests.make_rules import MANAGER, PRICING, TRIAL, publish_rules


@pytest.fixture
def browser(marketer, signed_in):
    return signed_in(marketer)


def test_it_shows_rules_policy_and_version(browser):
    live = publish_rules([TRIAL, PRICING], fit=[MANAGER], mql_threshold=35)

    page = browser.get("/scoring/").content.decode()

    assert f"Live v{live.version}" in page
    assert "Trial started" in page
    assert "3 a week" in page
    assert "Viewed a page, path starts with /pricing" in page
    assert "at a score of 35" in page


def test_only_admins_are_led_to_django_admin(browser, signed_in, admin_user):
    live = RuleSet.objects.get(status="live")

    assert "/admin/scoring/" not in browser.get("/scoring/").content.decode()
    assert f"/admin/scoring/ruleset/{live.pk}/change/" in signed_in(admin_user).get("/scoring/").content.decode()


def test_it_says_how_far_scoring_has_come(browser):
    make_lead(score_due_at=NOON - timedelta(minutes=3))
    make_lead()

    with time_machine.travel(NOON, tick=False):
        page = browser.get("/scoring/progress/").content.decode()

    assert "1 wait" in page
    assert "1 of 2 leads, the longest waits 3 min" in page


def test_without_a_live_rule_set_it_says_so(browser):
    RuleSet.objects.all().delete()

    assert "No rule set is live, so nothing is scored." in browser.get("/scoring/").content.decode()


@pytest.mark.parametrize("role", ["sales", "marketer", "manager"])
def test_every_link_on_the_page_of_the_rules_opens_for_who_reads_it(db, request, signed_in, role):
    publish_rules([TRIAL])
    client = signed_in(request.getfixturevalue(role))

    page = client.get("/scoring/").content.decode()

    links = set(re.findall(r'href="(/scoring/[^"]*)"', page))
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    assert ("/scoring/versions/" in links) == (role != "sales")
