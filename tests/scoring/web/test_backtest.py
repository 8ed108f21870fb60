"""The backtest's page, its panel, and suggestions."""

import re

import pytest
import time_machine

from leads.models import AuditEntry
from scoring.models import DismissedSuggestion, Rule, RuleSet
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
    page = re.sub(r"\s+", " ", signed_in(marketer).get("/scoring/backtest/?whole=1").content.decode())

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


def test_the_page_comes_at_once_and_fetches_its_figures(closed, signed_in, marketer, django_assert_max_num_queries):
    browser = signed_in(marketer)
    browser.get("/scoring/backtest/")

    with django_assert_max_num_queries(20):
        page = browser.get("/scoring/backtest/").content.decode()

    address = f"/scoring/backtest/?version={closed.version}&amp;whole=1"
    assert f'hx-get="{address}" hx-trigger="load, retry"' in page
    assert f'<noscript><a class="link" href="{address}">' in page
    assert "closed leads, last" not in page
    panel = browser.get(address.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
    assert "Lift of each rule" in panel
    assert "<html" not in panel


def test_without_a_draft_the_live_version_stands_alone_and_the_way_to_a_comparison_is_told(closed, signed_in, marketer):
    page = re.sub(r"\s+", " ", signed_in(marketer).get("/scoring/backtest/?whole=1").content.decode())

    head = re.search(r"<thead>.*?</thead>", page)[0]
    assert head.count("<th ") == 2
    assert f"Live v{closed.version}" in head
    assert "There is no draft to compare with." in page
    assert "beside" not in page


def test_rates_stand_with_their_error_and_counts_and_few_cases_without_a_rate(closed, signed_in, marketer):
    page = re.sub(r"<[^>]+>", "", signed_in(marketer).get("/scoring/backtest/?whole=1").content.decode())

    # 40 SQLs, all of whom bought: Wilson's lower bound of 40 of 40 is 40 / 43.84 = 91.2 %.
    assert "100% ± 9 40 of 40" in page
    # 40 of the 42 buyers: (0.9524 + 0.0457) / 1.0915 = 0.9145 less 0.0740 is 84.0 %.
    assert "95% ± 11 40 of 42" in page


def test_what_is_accepted_for_the_live_version_goes_into_the_draft_that_there_is(closed, signed_in, admin_user):
    draft = import_draft({**DRAFT, "rules": [{**TRIAL, "points": 33}, EBOOK]}, now=NOON)
    said = {"version": closed.version, "part": "rules", "name": "eBook downloaded", "points": "1", "former": "5"}
    said["state"] = state_of(closed)
    browser = signed_in(admin_user)

    browser.post("/scoring/backtest/accept/", said)

    assert RuleSet.objects.get(status="draft") == draft
    assert [rule["points"] for rule in definition_of(draft)["rules"]] == [33, 1]
    answer = browser.post("/scoring/backtest/accept/", {**said, "points": "2"}, follow=True)
    assert f"eBook downloaded is worth +1 in the draft v{draft.version} already." in answer.content.decode()
    assert [rule["points"] for rule in definition_of(draft)["rules"]] == [33, 1]


def test_a_dismissed_suggestion_stays_away_until_it_is_taken_back_or_the_points_change(closed, signed_in, admin_user):
    browser, whole = signed_in(admin_user), "/scoring/backtest/?whole=1"
    said = {"version": closed.version, "part": "rules", "name": "eBook downloaded", "former": "5"}
    assert "Dismiss<" in browser.get(whole).content.decode()

    page = browser.post("/scoring/backtest/dismiss/", said, follow=True).content.decode()

    assert "The suggestion for eBook downloaded is dismissed." in page
    undo = re.search(r'action="(/scoring/backtest/restore/\?[^"]+)"', page)[1].replace("&amp;", "&")
    page = browser.get(whole).content.decode()
    assert "Dismiss<" not in page
    assert "1 dismissed" in page
    assert browser.get(f"/api/rule-sets/{closed.version}/backtest/").json()["suggestions"][0]["is_dismissed"]
    # With other points it is another suggestion.
    draft = import_draft({**DRAFT, "rules": [TRIAL, {**EBOOK, "points": 7}]}, now=NOON)
    assert "Dismiss<" in browser.get(f"{whole}&version={draft.version}").content.decode()
    draft.delete()
    browser.post(undo)
    assert "Dismiss<" in browser.get(whole).content.decode()
    decided = AuditEntry.objects.filter(action__in=["suggestion dismissed", "suggestion restored"])
    assert [entry.action for entry in decided.order_by("id")] == ["suggestion dismissed", "suggestion restored"]


@pytest.mark.parametrize("changed", [{"part": "policy"}, {"name": ""}, {"former": "many"}])
def test_what_is_no_suggestion_can_not_be_dismissed(closed, signed_in, admin_user, changed):
    said = {"version": closed.version, "part": "rules", "name": "eBook downloaded", "former": "5", **changed}

    signed_in(admin_user).post("/scoring/backtest/dismiss/", said)

    assert not DismissedSuggestion.objects.exists()


def test_an_archived_version_is_shown_without_a_way_to_accept(closed, signed_in, admin_user):
    publish_rules([TRIAL, {**EBOOK, "points": 6}], **POLICY)

    page = signed_in(admin_user).get(f"/scoring/backtest/?version={closed.version}&whole=1").content.decode()

    assert "Suggestions" in page
    assert "Accept" not in page


def test_an_archived_version_stays_as_it_was(db, signed_in, admin_user):
    archived = publish_rules([TRIAL, EBOOK], **POLICY)
    publish_rules([TRIAL], **POLICY)
    said = {"version": archived.version, "part": "rules", "name": "eBook downloaded", "points": "2", "former": "5"}

    answer = signed_in(admin_user).post("/scoring/backtest/accept/", said, follow=True)

    assert "is archived and stays as it is." in answer.content.decode()


def test_with_nothing_closed_it_says_what_will_be_here(db, signed_in, marketer):
    publish_rules([TRIAL])

    assert "No lead has been won or lost yet." in signed_in(marketer).get("/scoring/backtest/?whole=1").content.decode()


def test_rest_gives_the_same(closed, client, marketer):
    client.force_login(marketer)

    found = client.get(f"/api/rule-sets/{closed.version}/backtest/").json()

    assert (found["total"], found["closed"], found["won"]) == (100, 100, 42)
    assert found["draft"] is None
    assert found["live"]["bought"] == {"hits": 40, "cases": 40, "rate": 1.0, "error": pytest.approx(0.0876, abs=1e-4)}
    assert found["live"]["sales"] == 40
    assert found["lifts"][1]["share"]["hits"] == 2
    assert found["suggestions"][0]["suggested"] == 0
    assert found["live"]["curve"][-1] == [1.0, 1.0]


def test_rest_tells_few_cases_without_a_rate_and_names_the_draft(db, client, marketer):
    publish_rules([TRIAL, EBOOK], **POLICY)
    draft = import_draft(DRAFT, now=NOON)
    closed_lead("trial_started", won=True, days_before=0.001)
    client.force_login(marketer)

    found = client.get(f"/api/rule-sets/{draft.version}/backtest/").json()

    assert found["draft"]["version"] == draft.version
    assert found["draft"]["bought"] == {"hits": 1, "cases": 1, "rate": None, "error": None}
    assert found["draft"]["days"] is None
    assert found["draft"]["curve"] == []
    assert [lift["value"] for lift in found["lifts"]] == [None, None]
