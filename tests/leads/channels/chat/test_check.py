import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.channels.chat.check import Mistake, mistakes
from leads.channels.chat.script import read_script, write_script
from leads.channels.chat.starter import starter
from leads.channels.chat.walk import Answer, walk
from leads.errors import InvalidValue
from tests.leads.channels.chat.scripts import QUALIFY, any_script, script, step

END = step("end", "end")


def found(*steps):
    return {(mistake.step, mistake.text) for mistake in mistakes(script(*steps))}


def test_the_ready_made_dialogues_have_no_mistake():
    assert mistakes(starter()) == []
    assert mistakes(starter(meeting_url="https://meet.example/ada")) == []
    assert mistakes(QUALIFY) == []


def test_a_dialogue_without_steps_is_a_mistake_of_the_whole():
    assert mistakes(script()) == [Mistake("", "A dialogue needs a step to begin with.")]


@pytest.mark.parametrize(
    ("steps", "key", "words"),
    [
        ([step("a", "ask", next="b"), step("b", "say", next="gone"), END], "b", "not there any more"),
        ([step("a", "ask")], "a", "leads nowhere"),
        ([step("a", "choice", choices=[("Yes", "end"), ("No", "gone")]), END], "a", "“No” leads to a step that is not"),
        ([END, step("lost", "ask", next="end")], "lost", "Nobody gets here"),
        ([step("a", "say", next="b"), step("b", "say", next="a"), END], "a", "in a circle without a question"),
        ([step("a", "ask", next="b"), step("b", "ask", next="a"), END], "a", "ever comes to an end"),
        ([step("a", "sales"), END], "a", "Sales could not answer"),
        ([step("m", "email", is_required=False), step("a", "sales"), END], "a", "Sales could not answer"),
        ([step("a", "choice"), END], "a", "at least one choice"),
        ([step("a", "choice", choices=[("Yes",), ("Yes",)]), END], "a", "Two choices are called “Yes”"),
        ([step("a", "choice", choices=[(str(n),) for n in range(9)]), END], "a", "At most 8 choices, got 9"),
        ([step("a", "ask", text="  "), END], "a", "Write what the visitor reads"),
        ([step("a", "ask", text="x" * 501), END], "a", "may have 500 characters, got 501"),
        ([step("a", "ask", attribute="Company Size"), END], "a", "got “Company Size”"),
        ([step("a", "ask", attribute="email"), END], "a", "Ask for e-mail"),
        ([step("a", "ask", attribute="conversation"), END], "a", "name of LeadCRM's own"),
        ([step("a", "meeting", url="javascript:alert(1)")], "a", "got “javascript:alert(1)”"),
        ([step("a", "meeting", url="")], "a", "must be a web address"),
        ([step(f"s{n}", "ask") for n in range(50)] + [END], "", "At most 50 steps, got 51"),
    ],
)
def test_each_mistake_is_named_beside_its_step(steps, key, words):
    assert any(where == key and words in text for where, text in found(*steps)), found(*steps)


def test_a_required_address_on_every_way_lets_sales_answer():
    steps = [
        step("how", "choice", choices=[("Mail", "mail"), ("Phone", "phone")]),
        step("mail", "email", next="note"),
        step("phone", "phone"),
        step("note", "sales"),
        END,
    ]

    assert found(*steps) == set()


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"steps": {}},
        {"steps": [1]},
        {"steps": [{"key": "a", "kind": "shout", "text": ""}]},
        {"steps": [{"key": 1, "kind": "ask", "text": ""}]},
        {"steps": [{"key": "a", "kind": ["ask"], "text": ""}]},
        {"steps": [{"key": "a", "kind": "choice", "text": "", "choices": [1]}]},
        {"steps": [{"key": "a", "kind": "ask", "text": ""}, {"key": "a", "kind": "end", "text": ""}]},
    ],
)
def test_a_document_that_is_no_dialogue_is_refused(document):
    with pytest.raises(InvalidValue):
        read_script(document)


@given(any_script())
def test_a_dialogue_is_read_as_it_was_written(drawn):
    assert read_script(write_script(drawn)) == drawn


@given(any_script(), st.data())
def test_in_a_dialogue_without_mistakes_every_visitor_can_come_to_an_end(drawn, data):
    """Whatever is answered first, an end stays within reach, and nobody ever stands in front of nothing."""
    if mistakes(drawn):
        # What is wrong is beside a step that exists, or beside none.
        assert {one.step for one in mistakes(drawn)} <= {"", *(step.key for step in drawn.steps)}
        return
    talk = walk(drawn, [])
    answers = []
    for _ in range(4):
        if talk.question is None:
            break
        answers.append(_any_answer(talk.question, data))
        talk = walk(drawn, answers)
    assert talk.question is not None or talk.end is not None
    assert _comes_to_an_end(drawn, answers)


@given(any_script())
def test_a_walk_never_hangs_and_goes_wrong_only_where_a_mistake_is_named(drawn):
    reached, waiting = set(), [[]]
    while waiting:
        talk = walk(drawn, answers := waiting.pop())
        if talk.question is None and talk.end is None:
            assert mistakes(drawn)
        if talk.question is not None and talk.question.key not in reached:
            reached.add(talk.question.key)
            waiting += [[*answers, answer] for answer in _all_answers(talk.question)]


def _all_answers(question):
    values = [choice.label for choice in question.choices] if question.kind == "choice" else ["words"]
    return [Answer(step=question.key, value=value) for value in values]


def _any_answer(question, data):
    return data.draw(st.sampled_from(_all_answers(question)))


def _comes_to_an_end(drawn, answers):
    seen, waiting = set(), [answers]
    while waiting:
        talk = walk(drawn, given_so_far := waiting.pop(0))
        if talk.end is not None:
            return True
        if talk.question is None or talk.question.key in seen:
            continue
        seen.add(talk.question.key)
        waiting += [[*given_so_far, answer] for answer in _all_answers(talk.question)]
    return False
