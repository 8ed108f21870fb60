"""What a conversation leaves behind: answers, a transcript, and each event once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.channels.chat.answer import InvalidAnswer
from leads.channels.chat.converse import Visit, block, take_answer, take_back, talk_of
from leads.channels.chat.edit import change_draft
from leads.channels.chat.publish import publish_dialogue
from leads.channels.chat.token import new_token, read_token, write_token
from leads.errors import LeadError
from leads.models import ChatConversation, ChatDialogue, ChatMessage, ChatOutcome, DuplicateCandidate, Event, Lead
from tests.leads.channels.chat.scripts import make_dialogue, script, step
from tests.make import NOON, make_lead

pytestmark = pytest.mark.django_db

PAGE = "https://shop.example/pricing?utm_source=mail&utm_campaign=june&gclid=x1&secret=1"
VISIT = Visit("browser-1", PAGE, "")
TO_SALES = ("Pricing", "Initech", "Ada@Initech.com", "Message", "Call me on Monday")


@pytest.fixture
def dialogue():
    return make_dialogue()


@pytest.fixture
def token(dialogue):
    return new_token(dialogue)


def say(token, *answers, start=0, visit=VISIT):
    talk = talk_of(token)
    for position, answer in enumerate(answers, start):
        talk = take_answer(token, answer, position=position, visit=visit, now=NOON + timedelta(seconds=position))
    return talk


def kinds():
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def transcript(conversation):
    return [f"{line.speaker}: {line.text}" for line in conversation.messages.order_by("number")]


def test_nothing_is_stored_before_the_first_answer(token):
    assert talk_of(token).question.key == "topic"
    assert ChatConversation.objects.count() == 0


def test_the_first_answer_counts_even_if_the_visitor_leaves(token):
    say(token, "Pricing")

    event = Event.objects.get()
    assert (event.kind, event.channel, event.lead, event.identifier.value) == (
        "chat_engaged",
        "chat",
        None,
        "browser-1",
    )
    conversation = ChatConversation.objects.get()
    assert event.properties == {
        "topic": "Pricing",
        "url": PAGE,
        "path": "/pricing",
        "utm_source": "mail",
        "utm_campaign": "june",
        "gclid": "x1",
        "dialogue": "Site",
        "conversation": str(conversation.public_id),
    }
    assert (conversation.step, conversation.outcome, conversation.ended_at) == ("company", ChatOutcome.OPEN, None)


def test_an_address_makes_the_visitor_a_lead_with_what_was_answered_before(token):
    say(token, *TO_SALES[:3])

    lead = Lead.objects.get()
    assert (lead.email, lead.organization.name, lead.source) == ("ada@initech.com", "Initech", "chat")
    assert lead.attributes["topic"] == "Pricing"
    assert sorted(Event.objects.filter(lead=lead).values_list("kind", flat=True)) == ["chat_engaged", "identified"]
    conversation = ChatConversation.objects.get()
    assert (conversation.lead, conversation.outcome) == (lead, ChatOutcome.LEAD)


def test_a_message_to_sales_is_a_hand_raise_with_its_words(token):
    talk = say(token, *TO_SALES)

    assert talk.end.key == "bye"
    event = Event.objects.get(kind="sales_contact_requested")
    assert (event.properties["message"], event.lead.email) == ("Call me on Monday", "ada@initech.com")
    assert kinds() == ["chat_engaged", "identified", "sales_contact_requested", "chat_ended"]
    conversation = ChatConversation.objects.get()
    assert (conversation.outcome, conversation.step) == (ChatOutcome.SALES, "")
    assert conversation.ended_at == NOON + timedelta(seconds=4)
    assert transcript(conversation) == [
        "us: Hello.",
        "us: Words of topic",
        "visitor: Pricing",
        "us: Words of company",
        "visitor: Initech",
        "us: Words of mail",
        "visitor: ada@initech.com",
        "us: Words of how",
        "visitor: Message",
        "us: Words of note",
        "visitor: Call me on Monday",
        "us: Words of bye",
    ]


def test_a_meeting_link_is_an_outcome_and_no_hand_raise(token):
    talk = say(token, "Pricing", "", "ada@initech.com", "Meeting")

    assert talk.end.url == "https://meet.example/ada"
    assert ChatConversation.objects.get().outcome == ChatOutcome.MEETING
    assert "meeting_booked" not in kinds()


def test_every_answer_sent_twice_counts_once(token):
    for position, answer in enumerate(TO_SALES):
        say(token, answer, start=position)
        say(token, answer, start=position)

    assert kinds() == ["chat_engaged", "identified", "sales_contact_requested", "chat_ended"]
    assert ChatConversation.objects.get().messages.count() == 12


def test_an_answer_that_is_none_leaves_nothing_behind(token):
    with pytest.raises(InvalidAnswer):
        say(token, "Something else")

    assert (ChatConversation.objects.count(), Event.objects.count()) == (0, 0)


def test_a_taken_back_answer_is_asked_again_and_stays_in_the_transcript(token):
    say(token, "Support")
    assert ChatConversation.objects.get().ended_at is not None

    talk = take_back(token, position=1, now=NOON)

    assert talk.question.key == "topic"
    conversation = ChatConversation.objects.get()
    assert (conversation.step, conversation.ended_at, conversation.answers) == ("topic", None, [])
    say(token, "Pricing")
    assert transcript(conversation)[2:] == [
        "visitor: Support",
        "us: Words of bye",
        "note: Went back to “Words of topic”",
        "visitor: Pricing",
        "us: Words of company",
    ]
    assert kinds() == ["chat_engaged", "chat_ended"]


def test_a_mended_address_is_whose_the_conversation_is_and_the_wrong_one_is_listed_beside_it(token):
    say(token, *TO_SALES[:2], "ada@initech.co")
    take_back(token, position=3, now=NOON)

    say(token, *TO_SALES[2:], start=2)

    mended = Lead.objects.get(email="ada@initech.com")
    assert ChatConversation.objects.get().lead == mended
    assert Event.objects.get(kind="sales_contact_requested").lead == mended
    pair = DuplicateCandidate.objects.get()
    assert {pair.first.email, pair.second.email} == {"ada@initech.co", "ada@initech.com"}


def test_going_back_twice_with_one_press_goes_back_once(token):
    say(token, *TO_SALES[:2])

    take_back(token, position=2, now=NOON)
    talk = take_back(token, position=2, now=NOON)

    assert talk.used == 1


def test_what_is_with_sales_can_not_be_taken_back_nor_nothing(token):
    with pytest.raises(LeadError, match="no answer to change"):
        take_back(token, position=0, now=NOON)
    say(token, *TO_SALES)

    with pytest.raises(LeadError, match="with sales already"):
        take_back(token, position=5, now=NOON)


def test_a_lead_known_by_its_address_gets_the_conversation(token):
    lead = make_lead("ada@initech.com")

    say(token, *TO_SALES)

    assert ChatConversation.objects.get().lead == lead
    assert Lead.objects.count() == 1


def test_a_conversation_goes_on_by_its_version_when_the_dialogue_changes(token):
    say(token, "Pricing")
    dialogue = ChatConversation.objects.get().dialogue
    change_draft(dialogue, lambda _: script(step("other", "ask"), step("end", "end")), revision=0)
    publish_dialogue(dialogue, by=None, now=NOON)

    talk = say(token, *TO_SALES[1:], start=1)

    assert talk.end.key == "bye"
    assert talk_of(new_token(dialogue)).question.key == "other"


def test_a_visitor_without_an_id_gets_one_of_the_conversation_alone(token):
    say(token, "Pricing", visit=Visit("", "", ""))

    assert Event.objects.get().identifier.value == f"chat-{token.conversation}"


def test_what_a_known_bot_says_is_marked(token):
    say(token, "Pricing", visit=Visit("b", "", "bot_agent"))

    assert Event.objects.get().signal == "bot_agent"


def test_a_blocked_conversation_can_be_looked_at_and_does_not_count(token):
    block(token, "http://spam.example", visit=VISIT, now=NOON)

    conversation = ChatConversation.objects.get()
    assert (conversation.outcome, transcript(conversation)) == (ChatOutcome.BLOCKED, ["visitor: http://spam.example"])
    with pytest.raises(LeadError, match="can't go on"):
        say(token, "Pricing")
    assert Event.objects.count() == 0


def test_a_token_is_read_by_its_dialogue_alone_and_for_a_week(token):
    other, own = make_dialogue(name="Other"), ChatDialogue.objects.get(pk=token.dialogue_id)
    text = write_token(token)

    assert read_token(text, own) == token
    assert read_token(text, other) is None
    assert read_token(text[:-1], own) is None
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert read_token(text, own) is None


MOVES = st.lists(st.sampled_from(["answer", "repeat", "back"]), max_size=10)


@settings(max_examples=25)
@given(MOVES)
def test_answers_and_returns_in_any_order_keep_one_of_each_event(dialogue, moves):
    """Whatever a visitor presses, and however often: one beginning, one end, and a message to sales once a writing."""
    Event.objects.all().delete()
    token = new_token(dialogue)
    words = {"topic": "Pricing", "company": "", "mail": "ada@initech.com", "how": "Message", "note": "Hello"}
    for move in moves:
        talk = talk_of(token)
        if move == "back":
            try:
                take_back(token, position=talk.used, now=NOON)
            except LeadError:
                assert not talk.may_go_back
        elif talk.question is not None:
            for _ in range(2 if move == "repeat" else 1):
                take_answer(token, words[talk.question.key], position=talk.used, visit=VISIT, now=NOON)
    seen = kinds()
    for once in ("chat_engaged", "chat_ended", "sales_contact_requested"):
        assert seen.count(once) <= 1
    numbers = list(
        ChatMessage.objects.filter(conversation__public_id=token.conversation).values_list("number", flat=True)
    )
    assert sorted(numbers) == list(range(len(numbers)))
