"""Reading JSON key by key: the bounds of what is taken, and the words in which the rest is refused."""

import pytest

from scoring.engine.json_object import JsonObject, RuleSetError, has_unseen, is_number, number_at, shown

NOT_A_NUMBER, ENDLESS = float("nan"), float("inf")


def rule(**data) -> JsonObject:
    return JsonObject(data, "rules[2]")


def refused(read, *arguments) -> str:
    with pytest.raises(RuleSetError) as caught:
        read(*arguments)
    return str(caught.value)


def test_a_refusal_has_its_place_and_its_message_apart():
    error = RuleSetError("rules[2].cap", "must be > 0 points, got 0")

    assert (error.place, error.message) == ("rules[2].cap", "must be > 0 points, got 0")
    assert str(error) == "rules[2].cap: must be > 0 points, got 0"
    assert str(RuleSetError("", "must be an object, got []")) == "must be an object, got []"


def test_an_object_takes_the_known_keys_and_no_others():
    assert JsonObject.read({"a": 1}, "rules[2]", ("a", "b")) == JsonObject({"a": 1}, "rules[2]")
    assert refused(JsonObject.read, {"c": 1}, "rules[2]", ("a", "b")) == (
        "rules[2].c: is not known here; expected one of a, b"
    )
    assert refused(JsonObject.read, [1], "rules[2]", ("a", "b")) == "rules[2]: must be an object, got [1]"


def test_a_key_of_the_document_itself_is_its_own_place():
    assert (JsonObject({}).at("name"), rule().at("name")) == ("name", "rules[2].name")


def test_what_must_be_there_is_missed():
    assert rule(value=None).required("value") is None
    assert refused(rule().required, "value") == "rules[2].value: is missing"


def test_a_text_may_be_as_long_as_allowed_and_no_longer():
    assert rule(name="abcde").text("name", 5) == "abcde"
    assert refused(rule(name="abcde").text, "name", 4) == (
        "rules[2].name: must be a text of 1 to 4 characters, got 'abcde'"
    )


@pytest.mark.parametrize("value", [None, 3, "", " \t"])
def test_what_is_no_text_or_a_blank_one_is_refused(value):
    assert refused(rule(name=value).text, "name", 5) == (
        f"rules[2].name: must be a text of 1 to 5 characters, got {value!r}"
    )


@pytest.mark.parametrize("unseen", ["\0", "\x1f", "\x7f", "\ud800", chr(0xDFFF)])
def test_a_text_with_what_is_not_to_be_seen_is_refused(unseen):
    text = f"a{unseen}b"

    assert refused(rule(name=text).text, "name", 5) == f"rules[2].name: must not hold control characters, got {text!r}"
    assert has_unseen(text)


def test_letters_and_signs_of_all_languages_are_to_be_seen():
    assert not has_unseen(" ~Ž\u0080\ud7ff\ue000😀")


@pytest.mark.parametrize("value", [0, -100, 100, 7.5, -100.0])
def test_a_number_may_be_its_very_bounds(value):
    assert rule(points=value).number("points", 5, -100, 100) == value


@pytest.mark.parametrize("value", [-101, 100.5, "40", True, None, NOT_A_NUMBER, ENDLESS])
def test_a_number_out_of_bounds_or_none_at_all_is_refused(value):
    assert refused(rule(points=value).number, "points", 5, -100, 100.25) == (
        f"rules[2].points: must be a number from -100 to 100.25, got {value!r}"
    )


def test_a_number_that_is_left_out_is_its_default():
    assert rule().number("points", 5, -100, 100) == 5


def test_a_number_too_large_for_a_float_is_refused_like_any_other():
    assert refused(number_at, "cap", 10**400, 0, 100) == f"cap: must be a number from 0 to 100, got 1{'0' * 56}..."


@pytest.mark.parametrize("value", [0, 2.5, -3, 10**400])
def test_a_finite_number_is_one(value):
    assert is_number(value) is True


@pytest.mark.parametrize("value", [NOT_A_NUMBER, ENDLESS, True, "1", None])
def test_what_is_not_finite_and_what_is_only_like_a_number_is_none(value):
    assert is_number(value) is False


@pytest.mark.parametrize("value", [0.01, 1, 365])
def test_a_number_above_zero_may_be_its_very_bounds(value):
    assert rule(days=value).above_zero("days", "days", 365) == value
    assert rule(days=value).above_zero_or_null("days", "days", 365) == value


@pytest.mark.parametrize("value", [0, -3, "14", True, NOT_A_NUMBER])
def test_a_number_that_is_not_above_zero_is_refused(value):
    for read in (rule(days=value).above_zero, rule(days=value).above_zero_or_null):
        assert refused(read, "days", "days", 365) == f"rules[2].days: must be > 0 days, got {value!r}"


@pytest.mark.parametrize("value", [0.009, 1e-320, 36500.5])
def test_a_number_above_zero_that_nobody_means_is_refused(value):
    for read in (rule(days=value).above_zero, rule(days=value).above_zero_or_null):
        assert refused(read, "days", "days", 36_500) == (f"rules[2].days: must be 0.01 to 36,500 days, got {value!r}")


def test_null_is_taken_for_no_number_only_where_there_may_be_none():
    assert rule(days=None).above_zero_or_null("days", "days", 365) is None
    assert rule().above_zero_or_null("days", "days", 365) is None
    assert refused(rule(days=None).above_zero, "days", "days", 365, 90) == "rules[2].days: must be > 0 days, got None"


def test_a_number_above_zero_must_be_there_unless_it_has_a_default():
    assert rule().above_zero("days", "days", 365, 90) == 90
    assert refused(rule().above_zero, "days", "days", 365) == "rules[2].days: is missing"


def test_a_flag_is_true_or_false_and_nothing_that_counts_as_such():
    assert (rule(direct=False).flag("direct", True), rule().flag("direct", True)) == (False, True)
    assert refused(rule(direct=0).flag, "direct", True) == "rules[2].direct: must be true or false, got 0"


def test_objects_are_read_one_by_one_each_at_its_place():
    parts = rule(steps=[{"a": 1}, {"a": 2}]).objects("steps", ("a",))

    assert [(part.place, part.data) for part in parts] == [
        ("rules[2].steps[0]", {"a": 1}),
        ("rules[2].steps[1]", {"a": 2}),
    ]
    assert rule().objects("steps", ("a",)) == []
    assert refused(rule(steps={}).objects, "steps", ("a",)) == "rules[2].steps: must be a list, got {}"
    assert refused(rule(steps=[{"a": 1}, 3]).objects, "steps", ("a",)) == "rules[2].steps[1]: must be an object, got 3"


def test_a_long_value_is_shown_by_its_first_57_characters():
    # With its quotes a text of 58 letters is 60 characters long, which is the most that is shown whole.
    assert shown("a" * 58) == f"'{'a' * 58}'"
    assert shown("a" * 59) == f"'{'a' * 56}..."
    assert shown(3) == "3"
