"""Rule sets over REST."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from leads.models import Lead
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.full_rescore import waiting_leads
from tests.make import make_lead
from tests.make_rules import PRICING, TRIAL, publish_rules
from tests.scoring.management.test_rule_set import WITH_PARTS

GIVEN = {"name": "Spring", "rules": [TRIAL, PRICING]}


def test_versions_are_listed_the_newest_first_with_who_published_them(marketer, api_of):
    live = publish_rules([TRIAL])

    rows = api_of(marketer).get("/api/rule-sets/").json()["results"]

    assert (rows[0]["version"], rows[0]["status"], rows[0]["name"]) == (live.version, "live", "Test")
    assert [row["version"] for row in rows] == sorted((row["version"] for row in rows), reverse=True)
    assert rows[0]["published_by"] is None


def test_a_version_is_read_as_the_command_exports_it(marketer, api_of):
    live = publish_rules([TRIAL, PRICING])
    exported = StringIO()
    call_command("rule_set", "export", stdout=exported)

    found = api_of(marketer).get(f"/api/rule-sets/{live.version}/").json()

    assert found["definition"] == json.loads(exported.getvalue())
    assert [rule["name"] for rule in found["definition"]["rules"]] == ["Trial started", "Viewed pricing"]


def test_an_admin_imports_a_draft_and_publishes_it(admin_user, api_of):
    api, lead = api_of(admin_user), make_lead(score_due_at=None)

    draft = api.post("/api/rule-sets/", GIVEN, format="json")
    version = draft.json()["version"]
    live = api.post(f"/api/rule-sets/{version}/publish/", {"note": "For spring"}, format="json")

    stored = RuleSet.objects.get(version=version)
    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    assert (live.status_code, live.json()["status"], live.json()["note"]) == (200, "live", "For spring")
    assert (stored.status, stored.published_by) == (RuleSetStatus.LIVE, admin_user)
    assert waiting_leads().get() == lead


def test_personas_journeys_and_gates_go_in_and_out_the_same(admin_user, api_of):
    api = api_of(admin_user)

    version = api.post("/api/rule-sets/", WITH_PARTS, format="json").json()["version"]
    found = api.get(f"/api/rule-sets/{version}/").json()["definition"]

    assert (found["personas"], found["journeys"]) == (WITH_PARTS["personas"], WITH_PARTS["journeys"])
    assert (found["policy"]["require_persona"], found["policy"]["require_journey"]) == ("Office manager", "any")


def test_what_was_read_can_be_sent_back(admin_user, api_of):
    api, live = api_of(admin_user), publish_rules([TRIAL, PRICING])
    definition = api.get(f"/api/rule-sets/{live.version}/").json()["definition"]

    draft = api.post("/api/rule-sets/", definition, format="json")

    assert draft.json()["definition"] == definition


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        ({"rules": [{**TRIAL, "half_life_days": -3}]}, "rules[0].half_life_days", "-3"),
        ({"rules": [TRIAL, TRIAL]}, "rules[1].name", "twice"),
        ({"policy": {"mql_threshold": 80}}, "policy.mql_threshold", "below sql_threshold"),
        ({"rules": "many"}, "rules", "many"),
    ],
)
def test_a_rule_set_that_cant_be_used_is_refused_at_its_place(admin_user, api_of, body, place, words):
    before = RuleSet.objects.count()

    response = api_of(admin_user).post("/api/rule-sets/", {"name": "Spring", **body}, format="json")

    assert response.status_code == 400
    assert words in response.json()[place][0]
    assert RuleSet.objects.count() == before


def test_the_live_version_cant_be_published_again(admin_user, api_of):
    live = publish_rules([TRIAL])

    response = api_of(admin_user).post(f"/api/rule-sets/{live.version}/publish/")

    assert response.status_code == 400
    assert "live already" in response.json()["detail"]


@pytest.mark.parametrize("role", ["marketer", "manager"])
def test_only_admins_change_rules(role, request, api_of):
    api, live = api_of(request.getfixturevalue(role)), publish_rules([TRIAL])

    answers = [api.post("/api/rule-sets/", GIVEN, format="json"), api.post(f"/api/rule-sets/{live.version}/publish/")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "role admin" in answers[0].json()["detail"]
    assert Lead.objects.count() == 0


def test_a_version_that_is_not_there_is_not_found(admin_user, api_of):
    api = api_of(admin_user)

    assert api.get("/api/rule-sets/99999/").status_code == 404
    assert api.post("/api/rule-sets/99999/publish/").status_code == 404


def test_a_version_is_copied_changed_compared_and_deleted(admin_user, api_of):
    api, live = api_of(admin_user), publish_rules([TRIAL, PRICING])

    draft = api.post(f"/api/rule-sets/{live.version}/draft/")
    address = f"/api/rule-sets/{draft.json()['version']}/"
    policy = {"policy": {**draft.json()["definition"]["policy"], "mql_threshold": 35}, "note": "Earlier"}
    changed = api.patch(address, policy, format="json")
    replaced = api.put(address, {"name": "Spring", "rules": [{**TRIAL, "points": 20}, PRICING]}, format="json")
    difference = api.get(f"{address}diff/").json()
    gone = api.delete(address)

    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    assert (changed.status_code, changed.json()["note"]) == (200, "Earlier")
    assert changed.json()["definition"]["policy"]["mql_threshold"] == 35
    assert replaced.json()["definition"]["policy"]["mql_threshold"] == 40
    assert difference["against"] == live.version
    assert difference["changes"] == [
        {"section": "", "name": "", "what": "name Test → Spring"},
        {"section": "rules", "name": "Trial started", "what": "points 15 → 20"},
    ]
    assert gone.status_code == 204
    assert not RuleSet.objects.filter(status="draft").exists()


def test_a_change_of_what_somebody_else_changed_is_refused(admin_user, api_of):
    api, live = api_of(admin_user), publish_rules([TRIAL])
    draft = api.post(f"/api/rule-sets/{live.version}/draft/")
    address, seen = f"/api/rule-sets/{draft.json()['version']}/", draft.headers["ETag"]

    first = api.patch(address, {"rules": []}, format="json", headers={"If-Match": seen})
    second = api.patch(address, {"fit": []}, format="json", headers={"If-Match": seen})

    assert (first.status_code, second.status_code) == (200, 409)
    assert "somebody changed this rule set meanwhile" in second.json()["detail"]


def test_changes_that_cannot_be_are_told(admin_user, api_of):
    api, live = api_of(admin_user), publish_rules([TRIAL])
    draft = api.post(f"/api/rule-sets/{live.version}/draft/").json()["version"]

    wrong = api.patch(f"/api/rule-sets/{draft}/", {"rules": [{**TRIAL, "points": 500}]}, format="json")
    on_live = api.put(f"/api/rule-sets/{live.version}/", GIVEN, format="json")
    of_live = api.delete(f"/api/rule-sets/{live.version}/")
    against = api.get(f"/api/rule-sets/{draft}/diff/?against=99")

    assert (wrong.status_code, wrong.json()) == (
        400,
        {"rules[0].points": ["must be a number from -100 to 100, got 500"]},
    )
    assert (on_live.status_code, of_live.status_code, against.status_code) == (400, 400, 404)
    assert "Only a draft can be changed" in on_live.json()["detail"]


@pytest.mark.parametrize("role", ["marketer", "manager"])
def test_only_admins_change_drafts(request, api_of, role):
    api, live = api_of(request.getfixturevalue(role)), publish_rules([TRIAL])
    address = f"/api/rule-sets/{live.version}/"

    answers = [
        api.post(f"{address}draft/"),
        api.put(address, GIVEN, format="json"),
        api.patch(address, {}, format="json"),
        api.delete(address),
        api.get(f"{address}diff/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 200]
