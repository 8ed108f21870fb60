import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules.lines import LineError, format_conditions, parse_conditions, parse_value


def test_each_line_is_a_condition_and_empty_lines_are_none():
    text = """
        properties.path starts_with /pricing

        properties.amount between 10, 50.5
        name in Demo Booked, Call Booked
        properties.paid is true
        properties.seats gte 10
        properties.plan is Team, yearly
    """

    conditions = parse_conditions(text)

    assert conditions == [
        {"field": "properties.path", "op": "starts_with", "value": "/pricing"},
        {"field": "properties.amount", "op": "between", "value": [10, 50.5]},
        {"field": "name", "op": "in", "value": ["Demo Booked", "Call Booked"]},
        {"field": "properties.paid", "op": "is", "value": True},
        {"field": "properties.seats", "op": "gte", "value": 10},
        {"field": "properties.plan", "op": "is", "value": "Team, yearly"},
    ]


def test_double_quotes_keep_a_text_a_text():
    assert parse_value("is", '"7"') == "7"
    assert parse_value("in", '"a, b", c') == ["a, b", "c"]
    assert parse_conditions('"properties.plan name" is Team')[0]["field"] == "properties.plan name"


def test_numbers_with_leading_zeros_are_texts():
    assert parse_value("is", "007") == "007"


def test_a_text_op_takes_digits_as_text():
    assert parse_value("contains", "365") == "365"


def test_a_flag_op_without_a_value_asks_for_true():
    assert parse_conditions("properties.email business_email") == [
        {"field": "properties.email", "op": "business_email", "value": True}
    ]


@pytest.mark.parametrize("line", ["properties.path", '"properties.path', 'name is "Demo', 'name in "a" b'])
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(LineError, match=r"Line 2: expected"):
        parse_conditions(f"name is Demo\n{line}")


TEXTS = st.text(min_size=1, max_size=12).filter(str.strip)
NUMBERS = st.integers(-1000, 1000) | st.floats(allow_nan=False, allow_infinity=False)
SINGLES = TEXTS | NUMBERS | st.booleans()
FIELDS = TEXTS.map("properties.{}".format)
CONDITIONS = st.one_of(
    st.fixed_dictionaries({"field": FIELDS, "op": st.sampled_from(["is", "is_not", "gt"]), "value": SINGLES}),
    st.fixed_dictionaries({"field": FIELDS, "op": st.sampled_from(["contains", "starts_with"]), "value": TEXTS}),
    st.fixed_dictionaries({"field": FIELDS, "op": st.just("in"), "value": st.lists(SINGLES, min_size=1)}),
    st.fixed_dictionaries(
        {"field": FIELDS, "op": st.just("matches_domain"), "value": TEXTS | st.lists(TEXTS, min_size=1)}
    ),
)


@given(st.lists(CONDITIONS, max_size=3))
def test_conditions_read_back_as_they_were_written(conditions):
    assert parse_conditions(format_conditions(conditions)) == conditions
