import json

import pytest

from scoring.engine.definition import RuleSetError, rule_set_from_json, rule_set_to_json
from scoring.engine.facts import needed_details, needed_lead_fields
from tests.scoring.engine.make_facts import make_fit_rule, make_rule, make_rule_set

EXAMPLE = """
{"name": "Default", "behaviour_limit": 60, "fit_limit": 40,
 "rules": [{"name": "Viewed pricing", "kind": "page_viewed", "points": 2, "half_life_days": 14, "cap": null,
            "limit": {"count": 3, "per": "week"},
            "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}]},
           {"name": "Each webinar", "kind": "webinar_attended", "points": 8, "half_life_days": null, "cap": 20.5,
            "limit": {"count": 1, "per": {"value_of": "properties.webinar"}}, "conditions": []}],
 "fit": [{"name": "Business e-mail", "field": "email", "op": "business_email", "value": true, "points": 4}],
 "personas": [{"name": "Office manager", "minimum": 0.5,
               "criteria": [{"name": "Role", "field": "title", "op": "contains", "value": "office manager",
                             "points": 12}]}],
 "journeys": [{"name": "Evaluate", "window_days": 30,
               "steps": [{"name": "Guide", "kind": "ebook_downloaded", "conditions": []},
                         {"name": "Pricing", "kind": "page_viewed",
                          "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}]}]}],
 "policy": {"mql_threshold": 40, "sql_threshold": 70, "margin": 10, "mql_on_engagement": true,
            "engagement_memory_days": 90, "sql_on_hand_raise": true, "gate_hand_raise": false,
            "require_persona": "Office manager", "require_journey": "any", "direct": false,
            "reopen_disqualified": false}}
"""


def test_what_is_read_is_written_back():
    data = json.loads(EXAMPLE)

    rule_set = rule_set_from_json(data, version=3)

    assert rule_set.version == 3
    assert rule_set_to_json(rule_set) == data
    assert rule_set_from_json(rule_set_to_json(rule_set), version=3) == rule_set


def test_what_is_left_out_has_its_usual_value():
    rule_set = rule_set_from_json({"name": "Bare", "rules": [make_rule()]}, version=1)

    assert (rule_set.behaviour_limit, rule_set.fit_limit) == (60, 40)
    assert (rule_set.policy.mql_threshold, rule_set.policy.sql_threshold, rule_set.policy.margin) == (40, 70, 10)
    assert rule_set.rules[0].half_life_days is None


RULE_MISTAKES = [
    ({"half_life_days": -3}, "rules[0].half_life_days: must be > 0 days, got -3"),
    ({"half_life_days": "14"}, "rules[0].half_life_days: must be > 0 days, got '14'"),
    ({"half_life_days": float("nan")}, "rules[0].half_life_days: must be > 0 days, got nan"),
    ({"half_life_days": 1e-200}, "rules[0].half_life_days: must be 0.01 to 36,500 days, got 1e-200"),
    ({"half_life_days": 10**400}, "rules[0].half_life_days: must be 0.01 to 36,500 days, got 1000"),
    ({"cap": 1e-320}, "rules[0].cap: must be 0.01 to 1,000,000 points, got 1e-320"),
    ({"cap": 0}, "rules[0].cap: must be > 0 points, got 0"),
    ({"points": "5"}, "rules[0].points: must be a number from -100 to 100, got '5'"),
    ({"points": True}, "rules[0].points: must be a number from -100 to 100, got True"),
    ({"points": 101}, "rules[0].points: must be a number from -100 to 100, got 101"),
    ({"name": ""}, "rules[0].name: must be a text of 1 to 100 characters, got ''"),
    ({"name": "a\0b"}, "rules[0].name: must not hold control characters, got 'a\\x00b'"),
    ({"name": "\ud800"}, "rules[0].name: must not hold control characters, got '\\ud800'"),
    ({"kind": "email_sent"}, "rules[0].kind: email_sent is what we did ourselves and never scores"),
    ({"halflife": 3}, "rules[0].halflife: is not known here"),
    ({"limit": {"count": 0, "per": "day"}}, "rules[0].limit.count: must be a whole number of at least 1, got 0"),
    ({"limit": {"count": 10**30, "per": "day"}}, "rules[0].limit.count: must be at most 1,000,000, got 1000"),
    ({"limit": {"count": 1.5, "per": "day"}}, "rules[0].limit.count: must be a whole number"),
    ({"limit": {"count": 1}}, "rules[0].limit.per: is missing"),
    ({"limit": {"count": 1, "per": "year"}}, "rules[0].limit.per: must be one of day, week, month, ever or"),
    ({"limit": {"count": 1, "per": {"value_of": "title"}}}, "rules[0].limit.per.value_of: must be properties.<name>"),
    ({"limit": 3}, "rules[0].limit: must be an object, got 3"),
    ({"conditions": {}}, "rules[0].conditions: must be a list, got {}"),
    ({"conditions": [{"field": "title", "op": "is", "value": 1}]}, "rules[0].conditions[0].field: must be name or"),
    (
        {"conditions": [{"field": "properties.", "op": "is", "value": 1}]},
        "rules[0].conditions[0].field: must be name or",
    ),
    (
        {"conditions": [{"field": "name", "op": "equals", "value": 1}]},
        "rules[0].conditions[0].op: must be one of is, is_not",
    ),
    ({"conditions": [{"field": "name", "op": "is"}]}, "rules[0].conditions[0].value: is missing"),
]


@pytest.mark.parametrize(("change", "message"), RULE_MISTAKES)
def test_a_mistake_in_a_rule_is_named_by_its_place(change, message):
    with pytest.raises(RuleSetError) as caught:
        rule_set_from_json({"name": "Test", "rules": [make_rule() | change]}, version=1)

    assert str(caught.value).startswith(message)
    assert message.startswith(caught.value.place)


WRONG_VALUES = [
    ("is", None),
    ("is", ["a"]),
    ("is", ""),
    ("is", "a\0"),
    ("in", ["\ud800"]),
    ("contains", 5),
    ("starts_with", " "),
    ("in", []),
    ("in", "HR"),
    ("in", [["HR"]]),
    ("between", [50, 10]),
    ("between", [10]),
    ("between", ["a", "b"]),
    ("between", [10, "2026-01-01"]),
    ("between", ["2026-06-30", "2026-06-29"]),
    ("between", ["2026-06-30T13:00:00+01:00", "2026-06-30T11:00:00Z"]),
    ("between", [5, 2e400]),
    ("gt", "2026-99-99"),
    ("gt", "many"),
    ("gte", True),
    ("lt", None),
    ("lte", [1]),
    ("exists", "yes"),
    ("matches_domain", "nodot"),
    ("matches_domain", []),
    ("business_email", 1),
    ("free_email", None),
]


@pytest.mark.parametrize(("op", "value"), WRONG_VALUES)
def test_a_wrong_kind_of_value_is_refused(op, value):
    with pytest.raises(RuleSetError, match=rf"^fit\[0\]\.value: must be .* for {op}, got "):
        make_rule_set(fit=(make_fit_rule("attributes.plan", op, value),))


@pytest.mark.parametrize("field", ["nope", "organization", "attributes.", "properties.path", "email "])
def test_an_unknown_lead_field_is_refused(field):
    with pytest.raises(RuleSetError, match=r"^fit\[0\]\.field: must be one of email, .* or attributes\.<name>, got"):
        make_rule_set(fit=(make_fit_rule(field, "is", "x"),))


MANAGER = {"name": "Manager", "minimum": 0.5, "criteria": [make_fit_rule("title", "contains", "manager")]}
EVALUATE = {"name": "Evaluate", "window_days": 30, "steps": [{"name": "Guide", "kind": "ebook_downloaded"}]}

DOCUMENT_MISTAKES = [
    ({"policy": {"mql_threshold": 70}}, "policy.mql_threshold: must be below sql_threshold, got 70 and 70"),
    ({"policy": {"sql_threshold": 101}}, "policy.sql_threshold: must be a number from 0 to 100, got 101"),
    ({"policy": {"margin": -1}}, "policy.margin: must be a number from 0 to 100, got -1"),
    ({"policy": {"margin": 41}}, "policy.margin: must be at most mql_threshold 40, got 41"),
    ({"policy": {"engagement_memory_days": 0}}, "policy.engagement_memory_days: must be > 0 days, got 0"),
    ({"policy": {"direct": 1}}, "policy.direct: must be true or false, got 1"),
    ({"policy": {"require_persona": "any"}}, "policy.require_persona: must be null, as there is no persona, got 'any'"),
    ({"policy": {"require_journey": 3}}, "policy.require_journey: must be null, as there is no journey, got 3"),
    (
        {"journeys": [EVALUATE], "policy": {"require_journey": "Buy"}},
        "policy.require_journey: must be null, \"any\" or one of Evaluate, got 'Buy'",
    ),
    ({"policy": []}, "policy: must be an object, got []"),
    ({"policy": None}, "policy: must be an object, got None"),
    ({"behaviour_limit": 70}, "behaviour_limit: must be at most 100 together with fit_limit, got 70 + 40"),
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
        "personas[0].criteria[0].field: must be one of email",
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
    ({"journeys": [{"name": "Evaluate"}]}, "journeys[0].steps: must be 1 to 20 steps, got 0"),
    ({"journeys": [EVALUATE | {"window_days": 0}]}, "journeys[0].window_days: must be > 0 days, got 0"),
    (
        {"journeys": [EVALUATE | {"steps": [{"name": "Mail", "kind": "email_sent"}]}]},
        "journeys[0].steps[0].kind: email_sent is what we did ourselves and never scores",
    ),
    ({"rules": [make_rule(), make_rule()]}, "rules[1].name: is used twice: 'page_viewed rule'"),
    ({"name": None}, "name: must be a text of 1 to 100 characters, got None"),
    ({"colour": "red"}, "colour: is not known here"),
]


@pytest.mark.parametrize(("change", "message"), DOCUMENT_MISTAKES)
def test_a_mistake_in_the_document_is_named_by_its_place(change, message):
    with pytest.raises(RuleSetError) as caught:
        rule_set_from_json({"name": "Test"} | change, version=1)

    assert str(caught.value).startswith(message)


def test_a_document_that_is_no_object_is_refused():
    with pytest.raises(RuleSetError, match=r"^must be an object, got \[\]"):
        rule_set_from_json([], version=1)


def test_needed_fields_are_those_that_rules_look_at():
    rule_set = make_rule_set(
        make_rule("page_viewed", conditions=[{"field": "properties.path", "op": "exists", "value": True}]),
        make_rule("webinar_attended", limit={"count": 1, "per": {"value_of": "properties.webinar"}}),
        make_rule("trial_started", conditions=[{"field": "name", "op": "is", "value": "Trial"}]),
        fit=(make_fit_rule("title", "contains", "manager"),),
    )

    machine = {"email_sent", "email_opened", "email_clicked"}
    assert needed_details(rule_set) == {"page_viewed", "webinar_attended", "trial_started"} | machine
    assert needed_lead_fields(rule_set) == ["title"]
