import sys
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.batch import batch_of
from scoring.engine.conditions import (
    REMEMBERED,
    bound_of,
    compile_event_test,
    compile_many_test,
    compile_value_test,
    property_reader,
    text_of,
)
from scoring.engine.facts import Condition
from tests.scoring.engine.make_facts import NOW, make_event, make_facts

MET = [
    ("is", "Marketing", " marketing "),
    ("is", 7, 7.0),
    ("is", 7, "7.0"),
    ("is", "7.0", 7),
    ("is", "007", "007"),
    ("is", True, True),
    ("is", True, "true"),
    ("is", "a", ["b", "A"]),
    ("is_not", "a", "b"),
    ("is_not", "a", ["b", "c"]),
    ("contains", "office MANAGER", "Senior Office Manager"),
    ("starts_with", "/pricing", "/Pricing/teams"),
    ("in", ["HR", "SI", 5], "si"),
    ("in", ["HR", "SI", 5], 5.0),
    ("between", [10, 50], 10),
    ("between", [10, 50], "50"),
    ("between", ["2026-01-01", "2026-06-30"], "2026-06-30"),
    ("between", ["2026-01-01", "2026-06-30"], "2026-01-01"),
    ("gt", 100, "250"),
    ("lt", -2, " -2.5 "),
    ("gt", 9, 10),
    ("gte", 10, 10),
    ("lt", "10", 9),
    ("lte", 10, 10.0),
    ("between", ["2026-01-01", "2026-06-30"], "2026-06-30T23:59:59Z"),
    ("lte", "2026-01-01", "2026-01-01T10:00:00Z"),
    ("gte", "2026-01-01", "2026-01-01"),
    ("gt", "2026-01-01", "2026-01-01T23:30:00-05:00"),
    ("gte", "2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00"),
    ("lte", "2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00"),
    ("gt", "2026-01-01T10:00", "2026-01-01 10:30"),
    ("lt", "2026-01-01T12:00:00Z", "2026-01-01T12:59:59+01:00"),
    ("gt", "2026-01-01T12:00:00Z", "2026-01-01T07:00:01-05:00"),
    ("is", "2026-01-01", "2026-01-01"),
    ("gte", "2026-01-01T12:00:00Z", "2026-01-01T12:00:00"),
    ("is", "a", [None, "A"]),
    ("is_not", "a", {"a": "a"}),
    ("contains", "2.5", 2.5),
    ("lt", "2026-01-02", "2026-01-01"),
    ("exists", True, 0),
    ("exists", True, False),
    ("exists", False, None),
    ("exists", False, "  "),
    ("exists", False, []),
    ("exists", False, [None, " "]),
    ("exists", True, [None, 0]),
    ("exists", True, {"a": None}),
    ("matches_domain", "google.com", "https://www.google.com:443/search?q=crm"),
    ("matches_domain", ["firma.hr", "example.com"], "Ana@Sales.Example.com"),
    ("matches_domain", "example.com", "example.com"),
    ("business_email", True, "ana@tvrtka.hr"),
    ("business_email", False, "ana@gmail.com"),
    ("business_email", False, "x@mailinator.com"),
    ("free_email", True, "ANA@GMAIL.COM"),
    ("free_email", True, "x@mailinator.com"),
    ("free_email", False, "ana@tvrtka.hr"),
    ("free_email", True, "gmail.com"),
]
NOT_MET = [
    ("is", "marketing", "marketing manager"),
    ("is", "007", "7"),
    ("is", "7.0", 8),
    ("is", 7, {"a": 7}),
    ("is", True, 1),
    ("is", 1, True),
    ("is", "a", {"a": "a"}),
    ("is", "none", [None, "a"]),
    ("contains", "a", {"a": "a"}),
    ("starts_with", "{", {"a": "a"}),
    ("contains", "a", [["a"]]),
    ("in", ["{'a': 1}"], {"a": 1}),
    ("is_not", "a", "A"),
    ("is_not", "a", ["b", "a"]),
    ("contains", "manager", "managing"),
    ("starts_with", "/pricing", "/en/pricing"),
    ("contains", ".0", 7.0),
    ("in", ["HR", "SI"], "DE"),
    ("between", [10, 50], 51),
    ("between", [10, 50], 9),
    ("between", ["2026-01-01", "2026-06-30"], "2025-12-31"),
    ("between", ["2026-01-01", "2026-06-30"], "2026-07-01"),
    ("gt", 10, 10),
    ("gt", 100, "90"),
    ("gt", 10, "many"),
    ("gt", 10, "1,200"),
    ("gt", 10, "+385"),
    ("gt", 10, "1e3"),
    ("gt", 10, "2026-01-01"),
    ("gt", "2026-01-01", 10),
    ("gt", "2026-01-01", "2026-01-01"),
    ("gt", 10, {"a": 11}),
    ("gt", 0, True),
    ("gt", "2026-01-01", "2026-01-01T10:00:00Z"),
    ("lt", "2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00"),
    ("gt", "2026-01-01T12:00:00Z", "2026-01-01T07:00:00-05:00"),
    ("gt", "2026-01-01T12:00:00Z", "2026-01-01T12:00:00"),
    ("between", ["2026-01-01", "2026-06-30"], "2026-06-30T23:30:00-05:00"),
    ("gt", "2026-01-01", "2026-99-99"),
    ("lt", "2026-01-01", "0001-01-01T00:00:00+14:00"),
    ("lt", "2026-01-01", 2025),
    ("lt", "2026-01-01", {"2025-01-01": 1}),
    ("lt", 10, 10),
    ("lt", "2026-01-01", "2026-01-01"),
    ("lt", 10, float("nan")),
    ("lte", 10, float("nan")),
    ("gte", 10, float("nan")),
    ("lt", "2026-01-01", "yesterday"),
    ("matches_domain", "google.com", "notgoogle.com"),
    ("matches_domain", "google.com", "google.com.evil.org"),
    ("business_email", True, "ana@gmail.com"),
    ("business_email", False, "ana@tvrtka.hr"),
    ("business_email", True, "ana"),
    ("business_email", False, "ana"),
    ("free_email", True, "ana@tvrtka.hr"),
    ("free_email", False, "ana@gmail.com"),
    ("free_email", False, "ana@localhost"),
    ("business_email", True, 2.5),
    ("business_email", True, "v1.2"),
    ("business_email", True, "https://www.tvrtka.hr/ponuda"),
    ("business_email", True, "Ana <ana@gmail.com>"),
    ("business_email", True, {"a": "ana@tvrtka.hr"}),
]
UNKNOWN = [None, "", "   ", [], {}, [None, ""], [[]]]


@pytest.mark.parametrize(("op", "value", "actual"), MET)
def test_a_condition_is_met(op, value, actual):
    assert compile_value_test(op, value)(actual) is True


@pytest.mark.parametrize(("op", "value", "actual"), NOT_MET)
def test_a_condition_is_not_met(op, value, actual):
    assert compile_value_test(op, value)(actual) is False


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60)
@given(anything)
def test_whatever_a_client_sends_meets_a_condition_or_does_not(actual):
    for op, value, _ in MET:
        assert compile_value_test(op, value)(actual) in (True, False)


def test_lists_in_lists_are_not_followed_however_deep():
    deep = ["a"]
    for _ in range(5000):
        deep = [deep]

    assert compile_value_test("exists", True)(deep)
    assert not compile_value_test("contains", "a")(deep)


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize(
    ("op", "value"), sorted({(op, str(value)): (op, value) for op, value, _ in MET}.values(), key=str)
)
def test_an_unknown_value_meets_nothing_but_exists_false(op, value, unknown):
    assert compile_value_test(op, value)(unknown) is (op == "exists" and value is False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Viewed plan"), ("properties.path", "/a"), ("properties.plan.name", "Pro"), ("properties.n", 3)],
)
def test_an_event_is_read_by_name_or_by_a_path_into_its_properties(field, value):
    event = make_event(name="viewed PLAN", properties={"path": "/a", "plan": {"name": "pro"}, "n": 3})

    assert passes(Condition(field, "is", value), event)


@pytest.mark.parametrize("field", ["properties.missing", "properties.path.deeper", "properties.plan.name.deeper"])
def test_a_path_that_leads_nowhere_is_unknown(field):
    event = make_event(properties={"path": "/a", "plan": {"name": "pro"}})

    assert passes(Condition(field, "exists", False), event)


def test_a_path_is_followed_through_objects_only():
    read = property_reader("properties.plan.name")

    assert (read({"plan": {"name": "pro"}}), read({"plan": {}}), read({"plan": "pro"}), read({})) == (
        "pro",
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("value", "text"), [(" Weißer Bär ", "weisser bär"), (7, "7"), (7.0, "7"), (-7.5, "-7.5"), (True, "true")]
)
def test_values_compare_as_texts_in_folded_case_and_without_space_around(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        (7, 7),
        (" -2.5 ", -2.5),
        (" 2026-01-31 ", date(2026, 1, 31)),
        (" 2026-01-31t10:00z ", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T11:30+01:00", datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
        ("2026-01-31 10:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-99-99", None),
        ("0001-01-01T00:00+14:00", None),
        ("31.1.2026", None),
        (True, None),
        ({"2026-01-31": 1}, None),
    ],
)
def test_a_bound_is_a_number_a_day_or_a_moment_in_utc(value, bound):
    assert (bound_of(value), type(bound_of(value))) == (bound, type(bound))


def test_many_events_are_told_apart_each_by_its_own_value():
    values = ["/pricing", "/Pricing/Teams", "", None, 1, True, ["/pricing"], "/pricing"]
    events = batch_of(
        [make_facts(*[make_event(when=NOW + i, properties={"path": v}) for i, v in enumerate(values)])], NOW, []
    )

    said = compile_event_test(Condition("properties.path", "starts_with", "/pricing"))(events.events, np.arange(8))

    assert said.tolist() == [True, True, False, False, False, False, True, True]


def test_one_and_true_and_their_texts_are_not_taken_for_each_other():
    test = compile_many_test("is", 1)

    assert test(["1", 1, 1.0, True, "true", "1"]).tolist() == [True, True, True, False, False, True]


def test_what_is_remembered_of_texts_is_bounded():
    first, *others, last_but_one, last = [f"/page/{number}" for number in range(REMEMBERED + 2)]

    test = compile_many_test("contains", "pricing")

    assert not test([first, *others, last_but_one, last]).any()
    # The last two are remembered; the first has made room for them, and nothing points there any more.
    assert sys.getrefcount(first) < sys.getrefcount(last_but_one) == sys.getrefcount(last)


def passes(condition, event) -> bool:
    [said] = compile_event_test(condition)(batch_of([make_facts(event)], NOW, []).events, np.array([0])).tolist()
    return said
