"""The backtest's page, its panel, and suggestions."""

import re

import pytest
import time_machine

from leads.models import AuditEntry
from scoring.models import Rule, RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import change_draft, import_draft
from scoring.rules.state import state_of
from scoring.web.figures import name_key
from tests.make import NOON
from tests.make_rules import BY_SCORE, TRIAL, publish_rules
from tests.scoring.whatif.closed import closed_lead

EBOOK = {"name": "eBook downloaded", "kind": "ebook_downloaded", "points": 5}
POLICY = {"mql_threshold": 5, "sql_threshold": 15, "margin": 1, **BY_SCORE}
DRAFT = {"name": "Draft", "rules": [TRIAL, EBOOK], "policy": POLICY}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def closed(db) -> RuleSet:
    """40 who started a trial and bought, 60 who downloaded and did not but for 2."""
    live = publish_rules([TRIAL, EBOOK], **POLICY)
    for number in range(100):
        closed_lead("trial_started" if number < 40 else "ebook_downloaded", won=number < 42, days_before=0.001)
    return live


def test_everybody_reads_rates_with_their_counts_lift_and_suggestions(closed, signed_in, marketer):
    page = re.sub(r"\s+", " ", signed_in(marketer).get("/scoring/backtest/").content.decode())

    assert "100 closed leads, last 12 months, 42 bought" in page
    assert "Leads with it buy 0.1 times as often as the average lead (2 of 60)." in page
    assert "2.4×" in page
    assert "Accept" not in page


def test_an_admin_accepts_into_a_new_draft_and_takes_it_back(closed, signed_in, admin_user):
    browser = signed_in(admin_user)
    said = {"version": closed.version, "part": "rules", "name": "eBook downloaded", "points": "0", "former": "5"}
    said["state"] = state_of(closed)

    answer = browser.post("/scoring/backtest/accept/", said, follow=True)

    draft = RuleSet.objects.get(status="draft", version__gt=closed.version)
    assert Rule.objects.get(rule_set=draft, name="eBook downloaded").points == 0
    assert Rule.objects.get(rule_set=closed, name="eBook downloaded").points == 5
    page = answer.content.decode()
    assert f"eBook downloaded is worth +0 in the draft v{draft.version}." in page
    assert AuditEntry.objects.filter(action="suggestion accepted").count() == 1
    undo = re.search(r'action="(/scoring/backtest/accept/\?[^"]+)"', page)[1].replace("&amp;", "&")
    browser.post(undo)
    assert Rule.objects.get(rule_set=draft, name="eBook downloaded").points == 5


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "No such rule"}, "has no rule &#x27;No such rule&#x27;"),
        ({"part": "policy"}, "has no rule"),
        ({"points": "many"}, "Points are a number, got &#x27;many&#x27;."),
        ({"points": "nan"}, "Points are a number"),
        ({"points": "1000"}, "rules[1].points: must be"),
        ({"version": "998"}, "There is no version 998 of the rules."),
        ({"version": ""}, "A version is a whole number, got none."),
    ],
)
def test_what_can_not_be_accepted_is_said_and_changes_nothing(db, signed_in, admin_user, changed, words):
    publish_rules([TRIAL, EBOOK], **POLICY)
    draft = import_draft(DRAFT, now=NOON)
    said = {"version": draft.version, "part": "rules", "name": "eBook downloaded", "points": "2", "former": "5"}
    said["state"] = state_of(draft)

    answer = signed_in(admin_user).post("/scoring/backtest/accept/", {**said, **changed}, follow=True)

    assert words in answer.content.decode()
    assert Rule.objects.get(rule_set=draft, name="eBook downloaded").points == 5


def test_a_suggestion_for_a_draft_that_changed_since_is_refused_and_nothing_is_lost(db, signed_in, admin_user):
    publish_rules([TRIAL, EBOOK], **POLICY)
    draft = import_draft(DRAFT, now=NOON)
    said = {"version": draft.version, "part": "rules", "name": "eBook downloaded", "points": "2", "former": "5"}
    said["state"] = state_of(draft)
    change_draft(draft, {**definition_of(draft), "rules": [TRIAL, {**EBOOK, "points": 7}]})

    answer = signed_in(admin_user).post("/scoring/backtest/accept/", said, follow=True)

    assert "somebody changed this rule set meanwhile" in answer.content.decode()
    assert Rule.objects.get(rule_set=draft, name="eBook downloaded").points == 7


def test_a_draft_shows_what_it_changes_and_gives_the_editor_its_lifts(closed, signed_in, admin_user):
    draft = import_draft({**DRAFT, "policy": {**POLICY, "mql_threshold": 3, "sql_threshold": 4}}, now=NOON)

    panel = signed_in(admin_user).get(
        f"/scoring/backtest/?version={draft.version}&tab=rules", headers={"HX-Request": "true"}
    )

    page = re.sub(r"\s+", " ", panel.content.decode())
    # By the live rules 40 are SQLs, all of whom bought; by the draft all 100 are, 42 of whom bought.
    assert '<td class="right">−58.0</td>' in page
    assert f'id="lift-rules-{name_key("Trial started")}" hx-swap-oob="innerHTML"' in page
    assert ">2.4×<" in page
    assert f'name="state" value="{state_of(draft)}"' in page


def test_an_archived_version_stays_as_it_was(db, signed_in, admin_user):
    archived = publish_rules([TRIAL, EBOOK], **POLICY)
    publish_rules([TRIAL], **POLICY)
    said = {"version": archived.version, "part": "rules", "name": "eBook downloaded", "points": "2", "former": "5"}

    answer = signed_in(admin_user).post("/scoring/backtest/accept/", said, follow=True)

    assert "is archived and stays as it is." in answer.content.decode()


def test_with_nothing_closed_it_says_what_will_be_here(db, signed_in, marketer):
    publish_rules([TRIAL])

    assert "No lead was won or lost yet." in signed_in(marketer).get("/scoring/backtest/").content.decode()


def test_rest_gives_the_same(closed, client, marketer):
    client.force_login(marketer)

    found = client.get(f"/api/rule-sets/{closed.version}/backtest/").json()

    assert (found["closed"], found["won"]) == (100, 42)
    assert found["lifts"][1]["share"]["hits"] == 2
    assert found["suggestions"][0]["suggested"] == 0
    assert found["live"]["curve"][-1] == [1.0, 1.0]
