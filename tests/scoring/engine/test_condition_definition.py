"""Conditions as JSON: which fields and ops there are, and which kind of value each op takes."""

import pytest

from scoring.engine.condition_definition import event_condition, fit_condition, is_property
from scoring.engine.facts import Condition
from scoring.engine.json_object import JsonObject, RuleSetError

NOT_A_NUMBER, ENDLESS = float("nan"), float("inf")


def condition(field: str, op: object, value: object) -> JsonObject:
    return JsonObject({"field": field, "op": op, "value": value}, "fit[0]")


def refused(read, item: JsonObject) -> str:
    with pytest.raises(RuleSetError) as caught:
        read(item)
    return str(caught.value)


RIGHT_VALUES = [
    ("is", "HR"),
    ("is", 5),
    ("is", 2.5),
    ("is", False),
    ("is_not", True),
    ("is_not", "HR"),
    ("contains", "manager"),
    ("starts_with", "/pricing"),
    ("in", ["HR", 5, 2.5, True]),
    ("between", [10, 50]),
    ("between", [10, 10]),
    ("between", ["9", 10.5]),
    ("between", ["2026-01-01", "2026-06-30"]),
    ("between", ["2026-01-01", "2026-01-01"]),
    ("between", ["2026-06-30T11:00:00Z", "2026-06-30T13:00:00+01:00"]),
    ("gt", 0),
    ("gte", "250"),
    ("lt", -1.5),
    ("lte", "2026-01-01"),
    ("lte", "2026-01-01T10:00:00Z"),
    ("matches_domain", "example.com"),
    ("matches_domain", ["example.com", "firma.hr"]),
    ("exists", False),
    ("business_email", True),
    ("free_email", False),
]


@pytest.mark.parametrize(("op", "value"), RIGHT_VALUES)
def test_a_right_kind_of_value_is_taken_as_it_is(op, value):
    assert fit_condition(condition("title", op, value)) == Condition("title", op, value)


SINGLE, TEXT, FLAG = "a text, a number, true or false", "a text", "true or false"
LIST, RANGE = "a list of texts or numbers, not empty", "[low, high], both numbers or both dates, low first"
ORDERED = 'a number or a date such as "2026-01-31"'
DOMAIN = 'a domain such as "example.com", or a list of domains'

WRONG_VALUES = [
    ("is", None, SINGLE),
    ("is", " ", SINGLE),
    ("is", ["HR"], SINGLE),
    ("is", NOT_A_NUMBER, SINGLE),
    ("is", "a\0", SINGLE),
    ("is_not", {}, SINGLE),
    ("contains", 5, TEXT),
    ("contains", "", TEXT),
    ("starts_with", " ", TEXT),
    ("in", [], LIST),
    ("in", "HR", LIST),
    ("in", ["HR", ["SI"]], LIST),
    ("in", ["HR", ""], LIST),
    ("in", ["HR", "\ud800"], LIST),
    ("between", 10, RANGE),
    ("between", "12", RANGE),
    ("between", [10], RANGE),
    ("between", [10, 20, 30], RANGE),
    ("between", [50, 10], RANGE),
    ("between", ["2026-06-30", "2026-06-29"], RANGE),
    ("between", ["2026-06-30T13:00:00+01:00", "2026-06-30T11:00:00Z"], RANGE),
    ("between", [10, "2026-01-01"], RANGE),
    ("between", ["2026-01-01", 10], RANGE),
    ("between", [10, "many"], RANGE),
    ("between", ["few", 10], RANGE),
    ("between", [10, NOT_A_NUMBER], RANGE),
    ("between", [5, ENDLESS], RANGE),
    ("between", [True, 10], RANGE),
    ("gt", "many", ORDERED),
    ("gt", "2026-99-99", ORDERED),
    ("gt", NOT_A_NUMBER, ORDERED),
    ("gte", True, ORDERED),
    ("lt", None, ORDERED),
    ("lt", ENDLESS, ORDERED),
    ("lte", ["2026-01-01"], ORDERED),
    ("matches_domain", "nodot", DOMAIN),
    ("matches_domain", 5.5, DOMAIN),
    ("matches_domain", [], DOMAIN),
    ("matches_domain", ["example.com", "nodot"], DOMAIN),
    ("matches_domain", ["example.com", 5.5], DOMAIN),
    ("exists", "yes", FLAG),
    ("business_email", 1, FLAG),
    ("free_email", None, FLAG),
]


@pytest.mark.parametrize(("op", "value", "expected"), WRONG_VALUES)
def test_a_wrong_kind_of_value_is_refused(op, value, expected):
    message = f"fit[0].value: must be {expected} for {op}, got {value!r}"

    assert refused(fit_condition, condition("attributes.plan", op, value)) == message


@pytest.mark.parametrize("op", ["equals", "", None, 5, ["is"]])
def test_an_unknown_op_is_refused(op):
    assert refused(fit_condition, condition("title", op, "x")) == (
        "fit[0].op: must be one of is, is_not, contains, starts_with, in, between, gt, gte, lt, lte, matches_domain, "
        f"business_email, free_email, exists, got {op!r}"
    )


@pytest.mark.parametrize(
    "field",
    [
        "email", "phone", "kind", "first_name", "last_name", "title", "source", "country", "email_domain",
        "organization.name", "organization.domain", "organization.industry", "organization.employee_count",
        "organization.country", "attributes.plan", "attributes.job role", "attributes." + "p" * 89,
    ],
)  # fmt: skip
def test_fit_looks_at_a_field_of_the_lead_or_an_attribute(field):
    assert fit_condition(condition(field, "is", "x")).field == field


@pytest.mark.parametrize(
    "field",
    ["nope", "organization", "attributes.", "attributes. plan", "myattributes.plan", "email ",
     "properties.path", "name"],
)  # fmt: skip
def test_an_unknown_lead_field_is_refused(field):
    message = refused(fit_condition, condition(field, "is", "x"))

    assert message.startswith("fit[0].field: must be one of email, phone, kind, ")
    assert message.endswith(f", organization.country or attributes.<name>, got {field!r}")


@pytest.mark.parametrize("field", ["name", "properties.path", "properties.plan.name", "properties.job role"])
def test_events_are_looked_at_by_name_or_property(field):
    assert event_condition(condition(field, "is", "x")) == Condition(field, "is", "x")


@pytest.mark.parametrize(
    "field",
    ["title", "properties", "properties.", "properties. path", "properties.path.", "properties.a..b", "path",
     "my.properties.path"],
)  # fmt: skip
def test_what_is_no_property_is_refused(field):
    assert not is_property(field)
    assert refused(event_condition, condition(field, "is", "x")) == (
        f"fit[0].field: must be name or properties.<name>, got {field!r}"
    )


@pytest.mark.parametrize("read", [event_condition, fit_condition])
def test_a_field_of_over_100_characters_is_refused(read):
    field = "properties." + "p" * 90

    assert refused(read, condition(field, "is", "x")) == (
        f"fit[0].field: must be a text of 1 to 100 characters, got 'properties.{'p' * 45}..."
    )


@pytest.mark.parametrize("key", ["field", "op", "value"])
def test_no_part_of_a_condition_may_be_missing(key):
    parts = {"field": "properties.path", "op": "is", "value": "x"}
    item = JsonObject({name: part for name, part in parts.items() if name != key}, "fit[0]")

    assert refused(event_condition, item) == f"fit[0].{key}: is missing"
