from hypothesis import given
from hypothesis import strategies as st

from leads.channels.chat.walk import Answer, walk
from tests.leads.channels.chat.scripts import QUALIFY, any_script, script, step


def answers(**values):
    return [Answer(step=key, value=value) for key, value in values.items()]


def told(talk):
    return [(line.speaker, line.text) for line in talk.lines]


def test_a_dialogue_begins_with_its_greeting_and_waits_at_the_first_question():
    talk = walk(QUALIFY, [])

    assert told(talk) == [("us", "Hello."), ("us", "Words of topic")]
    assert (talk.question.key, talk.end, talk.used, talk.may_go_back) == ("topic", None, 0, False)


def test_an_answer_leads_to_the_step_below_or_where_its_choice_leads():
    below = walk(QUALIFY, answers(topic="Pricing"))
    elsewhere = walk(QUALIFY, answers(topic="Support"))

    assert told(below)[2:] == [("visitor", "Pricing"), ("us", "Words of company")]
    assert told(elsewhere)[2:] == [("visitor", "Support"), ("us", "Words of bye")]
    assert elsewhere.end.key == "bye"


def test_what_was_skipped_is_told_and_the_way_goes_on():
    talk = walk(QUALIFY, answers(topic="Pricing", company=""))

    assert told(talk)[4:] == [("visitor", "Skipped"), ("us", "Words of mail")]


def test_answers_that_do_not_fit_are_left_out():
    talk = walk(QUALIFY, answers(topic="Pricing", mail="ada@example.com"))

    assert (talk.question.key, talk.used) == ("company", 1)
    assert walk(QUALIFY, answers(topic="Something else")).used == 0


def test_several_things_are_said_one_after_the_other():
    talk = walk(script(step("a", "say"), step("b", "say"), step("c", "end")), [])

    assert [line.step for line in talk.lines] == ["a", "b", "c"]
    assert talk.end.key == "c"


def test_a_message_to_sales_can_not_be_taken_back():
    given_before = answers(topic="Pricing", company="", mail="ada@example.com", how="Message")

    assert walk(QUALIFY, given_before).may_go_back
    assert not walk(QUALIFY, [*given_before, Answer(step="note", value="Call me")]).may_go_back


@given(any_script(), st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=6))
def test_another_answer_only_adds_lines(drawn, values):
    """What a visitor has read never changes under their eyes."""
    so_far: list[Answer] = []
    lines = walk(drawn, so_far).lines
    for value in values:
        talk = walk(drawn, so_far)
        if talk.question is None:
            break
        so_far = [*so_far, Answer(step=talk.question.key, value=value)]
        longer = walk(drawn, so_far).lines
        assert longer[: len(lines)] == lines
        lines = longer
