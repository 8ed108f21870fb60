import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.lines import LineError
from scoring.rules.part_lines import format_criteria, format_steps, parse_criteria, parse_steps
from tests.scoring.rules.test_lines import CONDITIONS, TEXTS


def test_a_criterion_is_points_a_name_and_a_condition():
    text = "12 Role: title contains office manager\n\n  2.5 Staff: organization.employee_count between 50, 250 "

    assert parse_criteria(text) == [
        {"name": "Role", "field": "title", "op": "contains", "value": "office manager", "points": 12},
        {"name": "Staff", "field": "organization.employee_count", "op": "between", "value": [50, 250], "points": 2.5},
    ]


def test_a_step_is_a_name_a_kind_and_conditions_joined_by_and():
    text = """
        Guide: ebook_downloaded
        Pricing: page_viewed where properties.path starts_with /pricing and properties.seats gte 5
        "Talk: live": "Own kind" where properties.topic is "Research and development" and name in Talk, "Q and A"
    """

    assert parse_steps(text) == [
        {"name": "Guide", "kind": "ebook_downloaded", "conditions": []},
        {
            "name": "Pricing",
            "kind": "page_viewed",
            "conditions": [
                {"field": "properties.path", "op": "starts_with", "value": "/pricing"},
                {"field": "properties.seats", "op": "gte", "value": 5},
            ],
        },
        {
            "name": "Talk: live",
            "kind": "Own kind",
            "conditions": [
                {"field": "properties.topic", "op": "is", "value": "Research and development"},
                {"field": "name", "op": "in", "value": ["Talk", "Q and A"]},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Role: title is CEO", "expected points, a name, a colon and a condition"),
        ("many Role: title is CEO", "points must be a number, got 'many'"),
        ("nan Role: title is CEO", "points must be a number, got 'nan'"),
        ("12 Role title is CEO", "expected points, a name, a colon and a condition"),
        ("12 Role: title", "expected a field, how it is compared, and a value"),
    ],
)
def test_a_criterion_that_cannot_be_read_is_named(line, expected):
    with pytest.raises(LineError, match=f"Line 2: {expected}"):
        parse_criteria(f"1 First: title is CEO\n\n{line}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ebook_downloaded", "expected a name, a colon and a kind"),
        ("Pricing: page_viewed properties.path is /", "expected the word where"),
        ("Pricing: page_viewed where", "expected the word where"),
        ("Pricing: page_viewed where properties.path", "expected a field, how it is compared, and a value"),
        ("Pricing: page_viewed where name is A and", "expected a field, how it is compared, and a value"),
    ],
)
def test_a_step_that_cannot_be_read_is_named(line, expected):
    with pytest.raises(LineError, match=f"Line 2: {expected}"):
        parse_steps(f"Guide: ebook_downloaded\n{line}")


POINTS = st.integers(1, 100) | st.floats(0.01, 100)
# Words that the syntax itself is made of are what could be misread.
WORDS = TEXTS | st.sampled_from(["and", "a and b", "x and", 'say "hi" and go', "where", "a: b", "and, or"])
JOINED = CONDITIONS | st.fixed_dictionaries(
    {"field": WORDS.map("properties.{}".format), "op": st.sampled_from(["is", "contains"]), "value": WORDS}
)
LISTS = st.fixed_dictionaries({"field": WORDS, "op": st.just("in"), "value": st.lists(WORDS, min_size=1)})
CRITERIA = st.builds(
    lambda name, condition, points: {"name": name, **condition, "points": points}, WORDS, JOINED | LISTS, POINTS
)
STEPS = st.fixed_dictionaries({"name": WORDS, "kind": WORDS, "conditions": st.lists(JOINED | LISTS, max_size=3)})


@given(st.lists(CRITERIA, max_size=3))
def test_criteria_read_back_as_they_were_written(criteria):
    assert parse_criteria(format_criteria(criteria)) == criteria


@given(st.lists(STEPS, max_size=3))
def test_steps_read_back_as_they_were_written(steps):
    assert parse_steps(format_steps(steps)) == steps
