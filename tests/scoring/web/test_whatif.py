"""The what-if panel and its page."""

import json

import pytest
import time_machine

from leads.models import Lead
from scoring.models import RuleSet
from scoring.qualification.rescore import rescore_leads
from scoring.rules.draft import import_draft
from tests.make import NOON, make_event, make_lead, make_user
from tests.make_rules import BY_SCORE, TRIAL, publish_rules

DRAFT = {"name": "Draft", "rules": [{**TRIAL, "points": 25}], "policy": {"mql_threshold": 20, **BY_SCORE}}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def lead(db) -> Lead:
    publish_rules([TRIAL], mql_threshold=20, **BY_SCORE)
    lead = make_lead(first_name="Yara", last_name="Haddad")
    make_event(lead, "trial_started")
    rescore_leads([lead.pk], now=NOON)
    return lead


@pytest.mark.parametrize("role", ["marketer", "manager", "admin"])
def test_those_who_tune_read_what_the_newest_draft_would_do(lead, signed_in, role):
    draft = import_draft(DRAFT, now=NOON)

    page = signed_in(make_user(role=role)).get("/scoring/what-if/?whole=1").content.decode()

    assert f"If you publish v{draft.version}" in page
    assert "1 lead, run in" in page
    assert "Yara Haddad" in page
    assert "Trial started +10.0" in page
    assert "0 → <b" in page


def test_htmx_gets_the_panel_alone(lead, signed_in, marketer):
    draft = import_draft(DRAFT, now=NOON)

    page = signed_in(marketer).get(f"/scoring/what-if/?version={draft.version}", HTTP_HX_REQUEST="true")

    assert page.content.decode().lstrip().startswith('<div class="whatif"')


def test_rules_that_are_being_typed_are_judged_and_not_kept(lead, signed_in, marketer):
    versions = RuleSet.objects.count()

    page = signed_in(marketer).post("/scoring/what-if/", {"definition": json.dumps(DRAFT)}).content.decode()

    assert "Yara Haddad" in page
    assert RuleSet.objects.count() == versions


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"version": "999"}, "There is no version 999 of the rules."),
        ({"version": "v2"}, "A version is a whole number, got &#x27;v2&#x27;."),
        ({"definition": "{"}, "The rules must be a JSON object."),
        ({"definition": "[]"}, "The rules must be a JSON object."),
        ({"definition": '{"name": "X", "rules": [{"name": "A"}]}'}, "rules[0].kind"),
        ({}, "There is no draft."),
    ],
)
def test_what_can_not_be_judged_is_said(lead, signed_in, marketer, asked, words):
    RuleSet.objects.filter(status="draft").delete()

    answer = signed_in(marketer).post("/scoring/what-if/", asked)

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_without_a_live_rule_set_it_says_so(lead, signed_in, marketer):
    draft = import_draft(DRAFT, now=NOON)
    RuleSet.objects.filter(status="live").update(status="archived")

    page = signed_in(marketer).get(f"/scoring/what-if/?version={draft.version}").content.decode()
    assert "No rule set is live" in page


def test_the_page_comes_at_once_and_fetches_its_figures(lead, signed_in, marketer):
    draft = import_draft(DRAFT, now=NOON)
    browser = signed_in(marketer)

    page = browser.get("/scoring/what-if/").content.decode()

    address = f"/scoring/what-if/?version={draft.version}&amp;whole=1"
    assert f'hx-get="{address}" hx-trigger="load, retry"' in page
    assert "Yara Haddad" not in page
    panel = browser.get(address.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert "Yara Haddad" in panel


def test_rest_answers_the_same(lead, client, marketer):
    draft = import_draft(DRAFT, now=NOON)
    client.force_login(marketer)

    found = client.get(f"/api/rule-sets/{draft.version}/what-if/").json()

    assert found["stages"][0]["joins"] == {"count": 1, "error": 0}
    assert found["changes"][0]["name"] == "Yara Haddad"
    assert found["load"]["claimed"] is None
    assert client.get("/api/rule-sets/999/what-if/").status_code == 404
