import json

import pytest

from scoring.engine.definition import RuleSetError, rule_set_from_json
from scoring.models import RuleSet
from scoring.rules.default import DEFAULT_RULE_SET
from scoring.rules.definition import definition_of, rule_set_from_rows
from scoring.rules.draft import import_draft
from tests.make import NOON

# The example of the documentation, with every kind of limit and value.
EXAMPLE = {
    "name": "Default",
    "behaviour_limit": 55.5,
    "fit_limit": 40,
    "rules": [
        {
            "name": "Viewed pricing",
            "kind": "page_viewed",
            "points": 2,
            "half_life_days": 14,
            "cap": None,
            "limit": {"count": 3, "per": "week"},
            "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}],
        },
        {
            "name": "Webinar",
            "kind": "webinar_attended",
            "points": 7.5,
            "half_life_days": None,
            "cap": 20,
            "limit": {"count": 1, "per": {"value_of": "properties.webinar"}},
            "conditions": [],
        },
    ],
    "fit": [
        {"name": "Staff", "field": "organization.employee_count", "op": "between", "value": [50, 250], "points": 10}
    ],
    "personas": [],
    "journeys": [],
    "policy": {
        "mql_threshold": 35,
        "sql_threshold": 72.5,
        "margin": 5,
        "mql_on_engagement": False,
        "engagement_memory_days": 60,
        "sql_on_hand_raise": False,
        "gate_hand_raise": True,
        "require_persona": None,
        "require_journey": None,
        "direct": True,
        "reopen_disqualified": True,
    },
}


@pytest.mark.parametrize("definition", [EXAMPLE, DEFAULT_RULE_SET])
def test_what_is_imported_is_exported_again(db, definition):
    draft = import_draft(definition, now=NOON)

    exported = definition_of(RuleSet.objects.get(pk=draft.pk))

    assert exported == definition
    assert json.loads(json.dumps(exported)) == definition


def test_rows_and_json_are_one_rule_set_to_the_engine(db):
    draft = import_draft(EXAMPLE, now=NOON)

    assert rule_set_from_rows(draft) == rule_set_from_json(EXAMPLE, draft.version)


def test_keys_that_are_left_out_get_their_defaults(db):
    draft = import_draft({"name": "Bare"}, now=NOON)

    definition = definition_of(draft)

    assert (definition["behaviour_limit"], definition["fit_limit"], definition["rules"]) == (60, 40, [])
    assert definition["policy"]["mql_threshold"] == 40


def test_a_kind_may_be_named_as_clients_name_the_event(db):
    rule = {"name": "Guide", "kind": "eBook Downloaded", "points": 5}
    steps = [{"name": "Trial", "kind": "Trial Started"}, {"name": "Own", "kind": "Rocket Launched!"}]
    journey = {"name": "Evaluate", "window_days": 30, "steps": steps}

    definition = definition_of(import_draft({"name": "By names", "rules": [rule], "journeys": [journey]}, now=NOON))

    assert definition["rules"][0]["kind"] == "ebook_downloaded"
    assert [step["kind"] for step in definition["journeys"][0]["steps"]] == ["trial_started", "rocket_launched"]


def test_what_we_did_ourselves_never_scores_by_whatever_name(db):
    calls = {"name": "Ours", "rules": [{"name": "Call", "kind": "Outbound Call", "points": 5}]}

    with pytest.raises(RuleSetError, match=r"^rules\[0\]\.kind: call_made is what we did ourselves"):
        import_draft(calls, now=NOON)


def test_a_refused_import_leaves_nothing_behind(db):
    wrong = {"name": "Bad", "rules": [{"name": "Trial", "kind": "trial_started", "points": 1, "half_life_days": -3}]}

    with pytest.raises(RuleSetError, match=r"rules\[0\].half_life_days: must be > 0 days, got -3"):
        import_draft(wrong, now=NOON)

    assert RuleSet.objects.count() == 1


def test_versions_count_up_over_drafts_too(db):
    versions = [import_draft({"name": "Draft"}, now=NOON).version for _ in range(2)]

    assert versions == [2, 3]
