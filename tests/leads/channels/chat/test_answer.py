import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.channels.chat.answer import InvalidAnswer, longest_answer, read_answer
from leads.channels.chat.script import KINDS
from tests.leads.channels.chat.scripts import step


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("email", " Ada@Example.COM ", "ada@example.com"),
        ("phone", "+46 70 555 01 42", "+46705550142"),
        ("ask", "  two\r\nlines\0 ", "two\nlines"),
        ("choice", "Yes", "Yes"),
    ],
)
def test_an_answer_is_kept_in_the_form_it_is_known_by(kind, text, kept):
    assert read_answer(step("q", kind, choices=[("Yes",)]), text) == kept


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("email", "ada@", "“ada@” is none"),
        ("email", "", "your e-mail address"),
        ("phone", "070 555 01 42", "country code"),
        ("choice", "Maybe", "choose one"),
        ("choice", "", "choose one"),
        ("ask", " \n ", "enter an answer"),
        ("ask", "x" * 1001, "at most 1000 characters; these are 1001"),
        ("sales", "", "enter a message"),
    ],
)
def test_what_is_no_answer_is_refused_in_words_that_help(kind, text, words):
    with pytest.raises(InvalidAnswer, match=words):
        read_answer(step("q", kind, choices=[("Yes",)]), text)


@pytest.mark.parametrize("kind", ["email", "phone", "ask", "sales"])
def test_what_need_not_be_answered_may_be_skipped(kind):
    assert read_answer(step("q", kind, is_required=False), " ") == ""


@given(st.sampled_from([kind for kind in KINDS if KINDS[kind].is_question]), st.text(), st.booleans())
def test_any_text_is_kept_within_its_limit_or_refused(kind, text, is_required):
    question = step("q", kind, choices=[("Yes",)], is_required=is_required)
    try:
        kept = read_answer(question, text)
    except InvalidAnswer:
        return
    assert len(kept) <= longest_answer(question)
    assert "\0" not in kept
