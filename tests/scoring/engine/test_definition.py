import json

import pytest

from scoring.engine.definition import RuleSetError, rule_set_from_json, rule_set_to_json
from scoring.engine.facts import BehaviourRule, Criterion, Limit, Persona, Policy
from tests.scoring.engine.make_facts import make_fit_rule, make_rule, make_rule_set

# Nothing in it is what it would be if it were left out.
EXAMPLE = """
{"name": "Halden", "behaviour_limit": 55.5, "fit_limit": 30,
 "rules": [{"name": "Viewed pricing", "kind": "page_viewed", "points": 2, "half_life_days": 14, "cap": null,
            "limit": {"count": 3, "per": "week"},
            "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}]},
           {"name": "Each webinar", "kind": "webinar_attended", "points": 8, "half_life_days": null, "cap": 20.5,
            "limit": {"count": 1, "per": {"value_of": "properties.webinar"}}, "conditions": []},
           {"name": "Left a form", "kind": "form_failed", "points": -1, "half_life_days": 0.5, "cap": 3, "limit": null,
            "conditions": []}],
 "fit": [{"name": "Business e-mail", "field": "email", "op": "business_email", "value": true, "points": 4}],
 "personas": [{"name": "Office manager", "minimum": 0.6,
               "criteria": [{"name": "Role", "field": "title", "op": "contains", "value": "office manager",
                             "points": 12}]}],
 "journeys": [{"name": "Evaluate", "window_days": 30,
               "steps": [{"name": "Guide", "kind": "ebook_downloaded", "conditions": []},
                         {"name": "Pricing", "kind": "page_viewed",
                          "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}]}]}],
 "policy": {"mql_threshold": 35, "sql_threshold": 72.5, "margin": 5, "mql_on_engagement": false,
            "engagement_memory_days": 60, "sql_on_hand_raise": false, "gate_hand_raise": true,
            "require_persona": "Office manager", "require_journey": "any", "direct": true,
            "reopen_disqualified": true}}
"""


def test_what_is_read_is_written_back():
    data = json.loads(EXAMPLE)

    rule_set = rule_set_from_json(data, version=3)

    assert rule_set.version == 3
    assert rule_set_to_json(rule_set) == data
    assert rule_set_from_json(rule_set_to_json(rule_set), version=3) == rule_set


def test_what_is_left_out_has_its_usual_value():
    manager = {"name": "Manager", "criteria": [make_fit_rule("title", "contains", "manager", 12, "Role")]}
    rule = {"name": "Visit", "kind": "page_viewed", "points": 5}

    rule_set = rule_set_from_json({"name": "Bare", "rules": [rule], "personas": [manager]}, version=1)

    assert (rule_set.behaviour_limit, rule_set.fit_limit, rule_set.fit, rule_set.journeys) == (60, 40, (), ())
    assert rule_set.rules == (
        BehaviourRule("Visit", "page_viewed", 5, half_life_days=None, cap=None, limit=None, conditions=()),
    )
    assert rule_set.personas == (Persona("Manager", 0.5, (Criterion("Role", "title", "contains", "manager", 12),)),)
    assert rule_set.policy == Policy(
        mql_threshold=40,
        sql_threshold=70,
        margin=10,
        mql_on_engagement=True,
        engagement_memory_days=90,
        sql_on_hand_raise=True,
        gate_hand_raise=False,
        require_persona=None,
        require_journey=None,
        direct=False,
        reopen_disqualified=False,
    )


def test_a_limit_may_be_as_large_as_a_million():
    rule = {"name": "Visit", "kind": "page_viewed", "points": 1, "limit": {"count": 1_000_000, "per": "ever"}}

    read = rule_set_from_json({"name": "Large", "rules": [rule]}, version=1)

    assert read.rules[0].limit == Limit(1_000_000, "ever", None)


def test_a_limit_by_value_knows_its_property():
    limits = [rule.limit for rule in rule_set_from_json(json.loads(EXAMPLE), version=1).rules]

    assert limits == [Limit(3, "week", None), Limit(1, "value", "properties.webinar"), None]


RULE_MISTAKES = [
    ({"half_life_days": -3}, "rules[0].half_life_days: must be > 0 days, got -3"),
    ({"half_life_days": "14"}, "rules[0].half_life_days: must be > 0 days, got '14'"),
    ({"half_life_days": float("nan")}, "rules[0].half_life_days: must be > 0 days, got nan"),
    ({"half_life_days": 1e-200}, "rules[0].half_life_days: must be 0.01 to 36,500 days, got 1e-200"),
    ({"half_life_days": 10**400}, f"rules[0].half_life_days: must be 0.01 to 36,500 days, got 1{'0' * 56}..."),
    ({"cap": 1e-320}, "rules[0].cap: must be 0.01 to 1,000,000 points, got 1e-320"),
    ({"cap": 0}, "rules[0].cap: must be > 0 points, got 0"),
    ({"points": "5"}, "rules[0].points: must be a number from -100 to 100, got '5'"),
    ({"points": True}, "rules[0].points: must be a number from -100 to 100, got True"),
    ({"points": 101}, "rules[0].points: must be a number from -100 to 100, got 101"),
    ({"points": -101}, "rules[0].points: must be a number from -100 to 100, got -101"),
    ({"name": ""}, "rules[0].name: must be a text of 1 to 100 characters, got ''"),
    ({"name": "a\0b"}, "rules[0].name: must not hold control characters, got 'a\\x00b'"),
    ({"name": "\ud800"}, "rules[0].name: must not hold control characters, got '\\ud800'"),
    ({"kind": "email_sent"}, "rules[0].kind: email_sent is what we did ourselves and never scores"),
    ({"kind": "call_made"}, "rules[0].kind: call_made is what we did ourselves and never scores"),
    ({"name": "n" * 101}, f"rules[0].name: must be a text of 1 to 100 characters, got '{'n' * 56}..."),
    ({"kind": "k" * 61}, f"rules[0].kind: must be a text of 1 to 60 characters, got '{'k' * 56}..."),
    (
        {"halflife": 3},
        "rules[0].halflife: is not known here; "
        "expected one of name, kind, points, half_life_days, cap, limit, conditions",
    ),
    ({"limit": {"count": 0, "per": "day"}}, "rules[0].limit.count: must be a whole number of at least 1, got 0"),
    ({"limit": {"count": 10**30, "per": "day"}}, f"rules[0].limit.count: must be at most 1,000,000, got 1{'0' * 30}"),
    ({"limit": {"count": 1_000_001, "per": "day"}}, "rules[0].limit.count: must be at most 1,000,000, got 1000001"),
    ({"limit": {"count": 1.5, "per": "day"}}, "rules[0].limit.count: must be a whole number of at least 1, got 1.5"),
    ({"limit": {"count": True, "per": "day"}}, "rules[0].limit.count: must be a whole number of at least 1, got True"),
    ({"limit": {"per": "day"}}, "rules[0].limit.count: is missing"),
    (
        {"limit": {"count": 1, "per": "day", "of": 1}},
        "rules[0].limit.of: is not known here; expected one of count, per",
    ),
    ({"limit": {"count": 1}}, "rules[0].limit.per: is missing"),
    (
        {"limit": {"count": 1, "per": "year"}},
        'rules[0].limit.per: must be one of day, week, month, ever or {"value_of": "properties.<name>"}, got \'year\'',
    ),
    (
        {"limit": {"count": 1, "per": {"value_of": "title"}}},
        "rules[0].limit.per.value_of: must be properties.<name>, got 'title'",
    ),
    (
        {"limit": {"count": 1, "per": {"value": "properties.webinar"}}},
        "rules[0].limit.per.value: is not known here; expected one of value_of",
    ),
    ({"limit": 3}, "rules[0].limit: must be an object, got 3"),
    ({"conditions": {}}, "rules[0].conditions: must be a list, got {}"),
    (
        {"conditions": [{"field": "title", "op": "is", "value": 1}]},
        "rules[0].conditions[0].field: must be name or properties.<name>, got 'title'",
    ),
    ({"conditions": [{"field": "name", "op": "is"}]}, "rules[0].conditions[0].value: is missing"),
]


@pytest.mark.parametrize(("change", "message"), RULE_MISTAKES)
def test_a_mistake_in_a_rule_is_named_by_its_place(change, message):
    with pytest.raises(RuleSetError) as caught:
        rule_set_from_json({"name": "Test", "rules": [make_rule() | change]}, version=1)

    assert str(caught.value) == message
    assert message.startswith(f"{caught.value.place}: ")


def test_neither_name_kind_nor_points_of_a_rule_may_be_missing():
    for key in ("name", "kind", "points"):
        rule = {name: value for name, value in make_rule().items() if name != key}

        with pytest.raises(RuleSetError, match=rf"^rules\[0\]\.{key}: is missing$"):
            rule_set_from_json({"name": "Test", "rules": [rule]}, version=1)


@pytest.mark.parametrize("points", [-100, 100, 0, 0.5])
def test_points_may_be_their_very_bounds(points):
    assert make_rule_set(make_rule(points=points)).rules[0].points == points


MANAGER = {"name": "Manager", "minimum": 0.5, "criteria": [make_fit_rule("title", "contains", "manager")]}
EVALUATE = {"name": "Evaluate", "window_days": 30, "steps": [{"name": "Guide", "kind": "ebook_downloaded"}]}

ASK, BUY = EVALUATE | {"name": "Ask"}, EVALUATE | {"name": "Buy"}
TWENTY_STEPS = [{"name": f"Step {number}", "kind": "page_viewed"} for number in range(20)]

DOCUMENT_MISTAKES = [
    ({"policy": {"mql_threshold": 70}}, "policy.mql_threshold: must be below sql_threshold, got 70 and 70"),
    ({"policy": {"sql_threshold": 100.5}}, "policy.sql_threshold: must be a number from 0 to 100, got 100.5"),
    ({"policy": {"sql_threshold": -0.5}}, "policy.sql_threshold: must be a number from 0 to 100, got -0.5"),
    ({"policy": {"mql_threshold": 100.5}}, "policy.mql_threshold: must be a number from 0 to 100, got 100.5"),
    ({"policy": {"mql_threshold": -0.5}}, "policy.mql_threshold: must be a number from 0 to 100, got -0.5"),
    ({"policy": {"margin": -0.5}}, "policy.margin: must be a number from 0 to 100, got -0.5"),
    ({"policy": {"margin": 100.5}}, "policy.margin: must be a number from 0 to 100, got 100.5"),
    ({"policy": {"margin": 41}}, "policy.margin: must be at most mql_threshold 40, got 41"),
    ({"policy": {"engagement_memory_days": 0}}, "policy.engagement_memory_days: must be > 0 days, got 0"),
    ({"policy": {"engagement_memory_days": None}}, "policy.engagement_memory_days: must be > 0 days, got None"),
    ({"policy": {"direct": 1}}, "policy.direct: must be true or false, got 1"),
    ({"policy": {"require_persona": "any"}}, "policy.require_persona: must be null, as there is no persona, got 'any'"),
    ({"policy": {"require_journey": 3}}, "policy.require_journey: must be null, as there is no journey, got 3"),
    (
        {"journeys": [BUY, EVALUATE, ASK], "policy": {"require_journey": "Look"}},
        "policy.require_journey: must be null, \"any\" or one of Ask, Buy, Evaluate, got 'Look'",
    ),
    (
        {"personas": [MANAGER], "policy": {"require_persona": ["Manager"]}},
        "policy.require_persona: must be null, \"any\" or one of Manager, got ['Manager']",
    ),
    ({"policy": []}, "policy: must be an object, got []"),
    ({"policy": None}, "policy: must be an object, got None"),
    ({"behaviour_limit": 60.5}, "behaviour_limit: must be at most 100 together with fit_limit, got 60.5 + 40"),
    ({"behaviour_limit": 100.5}, "behaviour_limit: must be a number from 0 to 100, got 100.5"),
    ({"behaviour_limit": -0.5}, "behaviour_limit: must be a number from 0 to 100, got -0.5"),
    ({"fit_limit": 100.5}, "fit_limit: must be a number from 0 to 100, got 100.5"),
    ({"fit_limit": -0.5}, "fit_limit: must be a number from 0 to 100, got -0.5"),
    ({"fit_limit": "40"}, "fit_limit: must be a number from 0 to 100, got '40'"),
    ({"personas": [{"name": "Office manager"}]}, "personas[0].criteria: must name at least one criterion"),
    ({"personas": [MANAGER, MANAGER]}, "personas[1].name: is used twice: 'Manager'"),
    ({"personas": [MANAGER | {"minimum": 50}]}, "personas[0].minimum: must be a number from 0 to 1, got 50"),
    (
        {"personas": [MANAGER | {"criteria": [make_fit_rule("title", "is", "x", points=0)]}]},
        "personas[0].criteria[0].points: must be > 0 points, got 0",
    ),
    (
        {"personas": [MANAGER | {"criteria": [make_fit_rule("path", "is", "x")]}]},
        "personas[0].criteria[0].field: must be one of email, phone, kind, first_name, last_name, title, source, "
        "country, email_domain, organization.name, organization.domain, organization.industry, "
        "organization.employee_count, organization.country or attributes.<name>, got 'path'",
    ),
    ({"personas": [MANAGER | {"name": "any"}]}, "personas[0].name: must not be 'any', by which gates mean all of them"),
    (
        {"journeys": [EVALUATE | {"name": "any"}]},
        "journeys[0].name: must not be 'any', by which gates mean all of them",
    ),
    (
        {"journeys": [EVALUATE | {"window_days": 1e308}]},
        "journeys[0].window_days: must be 0.01 to 36,500 days, got 1e+308",
    ),
    (
        {"personas": [MANAGER | {"criteria": MANAGER["criteria"] * 2}]},
        "personas[0].criteria[1].name: is used twice: 'Fit'",
    ),
    (
        {"personas": [MANAGER | {"min": 1}]},
        "personas[0].min: is not known here; expected one of name, minimum, criteria",
    ),
    (
        {"fit": [make_fit_rule("title", "contains", 5)]},
        "fit[0].value: must be a text for contains, got 5",
    ),
    ({"fit": [make_fit_rule("title", "is", "x")] * 2}, "fit[1].name: is used twice: 'Fit'"),
    ({"journeys": [{"name": "Evaluate"}]}, "journeys[0].steps: must be 1 to 20 steps, got 0"),
    (
        {"journeys": [EVALUATE | {"steps": [*TWENTY_STEPS, *EVALUATE["steps"]]}]},
        "journeys[0].steps: must be 1 to 20 steps, got 21",
    ),
    ({"journeys": [EVALUATE | {"steps": EVALUATE["steps"] * 2}]}, "journeys[0].steps[1].name: is used twice: 'Guide'"),
    ({"journeys": [EVALUATE, EVALUATE]}, "journeys[1].name: is used twice: 'Evaluate'"),
    ({"journeys": [EVALUATE | {"window_days": 0}]}, "journeys[0].window_days: must be > 0 days, got 0"),
    ({"journeys": [EVALUATE | {"window_days": None}]}, "journeys[0].window_days: must be > 0 days, got None"),
    (
        {"journeys": [{"name": "Evaluate", "steps": EVALUATE["steps"]}]},
        "journeys[0].window_days: is missing",
    ),
    (
        {"journeys": [EVALUATE | {"steps": [{"name": "Mail", "kind": "email_sent"}]}]},
        "journeys[0].steps[0].kind: email_sent is what we did ourselves and never scores",
    ),
    ({"rules": [make_rule(), make_rule()]}, "rules[1].name: is used twice: 'page_viewed rule'"),
    ({"name": None}, "name: must be a text of 1 to 100 characters, got None"),
    (
        {"colour": "red"},
        "colour: is not known here; "
        "expected one of name, behaviour_limit, fit_limit, rules, fit, personas, journeys, policy",
    ),
]


@pytest.mark.parametrize(("change", "message"), DOCUMENT_MISTAKES)
def test_a_mistake_in_the_document_is_named_by_its_place(change, message):
    with pytest.raises(RuleSetError) as caught:
        rule_set_from_json({"name": "Test"} | change, version=1)

    assert str(caught.value) == message


def test_a_document_that_is_no_object_is_refused():
    with pytest.raises(RuleSetError, match=r"^must be an object, got \[\]$") as caught:
        rule_set_from_json([], version=1)

    assert caught.value.place == ""


@pytest.mark.parametrize(
    "change",
    [
        {"behaviour_limit": 100, "fit_limit": 0},
        {"behaviour_limit": 0, "fit_limit": 100},
        {"policy": {"mql_threshold": 0, "margin": 0}},
        {"policy": {"sql_threshold": 100, "margin": 40}},
        {"personas": [MANAGER | {"minimum": 0}]},
        {"personas": [MANAGER | {"minimum": 1, "criteria": [make_fit_rule("title", "is", "x", points=0.5)]}]},
        {"journeys": [EVALUATE | {"steps": TWENTY_STEPS}]},
        {"journeys": [EVALUATE | {"window_days": 0.5}]},
        {"personas": [MANAGER], "journeys": [EVALUATE], "policy": {"require_persona": "any", "require_journey": "any"}},
    ],
)
def test_the_very_bounds_are_taken(change):
    written = rule_set_to_json(rule_set_from_json({"name": "Test"} | change, version=1))

    assert all(is_part_of(value, written[key]) for key, value in change.items())


def is_part_of(given, written) -> bool:
    """Say whether what was given is there; what was left out of an object may be added."""
    if isinstance(given, dict):
        return all(is_part_of(value, written[key]) for key, value in given.items())
    if isinstance(given, list):
        return len(given) == len(written) and all(map(is_part_of, given, written))
    return given == written
