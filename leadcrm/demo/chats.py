"""Conversations for the newest chat events of the demo, so that transcripts and the drop-off show something."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from leads.channels.chat.publish import publish_dialogue
from leads.channels.chat.script import Script, read_script, write_script
from leads.channels.chat.starter import SLUG, starter
from leads.channels.chat.walk import Answer, Talk, walk
from leads.models import ChatConversation, ChatDialogue, ChatMessage, ChatOpenings, ChatOutcome, Event

MEETING_URL = "https://meet.halden.example/coffee"
PAGE = "https://halden.example/pricing"
CHATS, REQUESTS, STRANGERS = 40, 8, 18
DAYS = 30
PAUSE = timedelta(seconds=14)
MESSAGES = (
    "We are moving to a new office in March and need machines for three floors.",
    "Can you match our current lease? It ends in two months.",
    "Please call me about a service contract for 12 machines.",
    "What would a trial in our canteen cost?",
)


@transaction.atomic
def make_chats(*, seed: int, now: datetime) -> None:
    """Store a conversation for the newest chats and requests of the demo, and for visitors who left."""
    if ChatConversation.objects.exists():
        return
    rng = Random(f"{seed}:chats")
    dialogue = _dialogue(now)
    chats, requests = _newest("chat_engaged", CHATS), _newest("sales_contact_requested", REQUESTS)
    told = [_conversation(dialogue, event, rng) for event in (*chats, *requests)]
    told += [_stranger(dialogue, rng, now) for _ in range(STRANGERS)]
    ChatConversation.objects.bulk_create(conversation for conversation, _ in told)
    ChatMessage.objects.bulk_create(line for conversation, talk in told for line in _lines(conversation, talk))
    Event.objects.bulk_update([*chats, *requests], ["properties", "channel"])
    days = [(now - timedelta(days=day)).date() for day in range(DAYS)]
    openings = [ChatOpenings(dialogue=dialogue, opened_date=day, times=rng.randint(2, 9)) for day in days]
    ChatOpenings.objects.bulk_create(openings, ignore_conflicts=True)


def _dialogue(now: datetime) -> ChatDialogue:
    """Return the ready-made dialogue, published with a link to book a meeting."""
    dialogue = ChatDialogue.objects.get(slug=SLUG)
    dialogue.draft = write_script(starter(meeting_url=MEETING_URL))
    dialogue.save(update_fields=["draft"])
    publish_dialogue(dialogue, by=None, now=now)
    return dialogue


def _newest(kind: str, most: int) -> list[Event]:
    events = Event.objects.filter(kind=kind, lead__isnull=False).exclude(lead__email="")
    return list(events.select_related("lead").order_by("-occurred_at", "-id")[:most])


Told = tuple[ChatConversation, Talk]


def _conversation(dialogue: ChatDialogue, event: Event, rng: Random) -> Told:
    """Store the conversation behind an event, and link the event to it."""
    is_request = event.kind == "sales_contact_requested"
    answers = _answers(_script(dialogue), rng, email=event.lead.email if event.lead else "", to_sales=is_request)
    conversation, talk = _told(dialogue, answers, f"chat-{event.message_id}", event.occurred_at, rng)
    conversation.lead = event.lead
    conversation.outcome = _outcome(talk, is_request=is_request)
    event.properties["conversation"], event.channel = str(conversation.public_id), "chat"
    if is_request:
        event.properties["message"] = answers[-1]["value"]
    return conversation, talk


def _stranger(dialogue: ChatDialogue, rng: Random, now: datetime) -> Told:
    """Store the conversation of a visitor who left without an address."""
    answers = _answers(_script(dialogue), rng, email="", to_sales=False)
    return _told(dialogue, answers, f"chat-{rng.getrandbits(64):x}", now - timedelta(days=DAYS * rng.random()), rng)


def _script(dialogue: ChatDialogue) -> Script:
    return read_script(dialogue.draft)


def _answers(script: Script, rng: Random, *, email: str, to_sales: bool) -> list[Answer]:
    """Return the visitor's answers; without an e-mail address a conversation ends at the question for it."""
    wishes = {"email": email, "message": rng.choice(MESSAGES) if to_sales else "", "how": "Book a meeting"}
    if to_sales:
        wishes["how"] = "Leave a message"
    patience = 9 if to_sales else rng.choice((1, 2, 3, 4, 4)) if email else rng.choice((1, 1, 2))
    answers: list[Answer] = []
    while (question := walk(script, answers).question) is not None and len(answers) < patience:
        choices = [choice.label for choice in question.choices if email == "" or choice.label != "Support"]
        value = wishes[question.key] if question.key in wishes else rng.choice(choices)
        if not value:
            break
        answers.append(Answer(step=question.key, value=value))
    return answers


def _told(dialogue: ChatDialogue, answers: list[Answer], visitor: str, at: datetime, rng: Random) -> Told:
    talk = walk(_script(dialogue), answers)
    conversation = ChatConversation(
        public_id=UUID(int=rng.getrandbits(128), version=4),
        dialogue=dialogue,
        version=dialogue.live,
        visitor=visitor,
        page=PAGE,
        answers=answers,
        step=talk.question.key if talk.question else "",
        started_at=at,
        ended_at=None if talk.question else at + PAUSE * len(talk.lines),
    )
    return conversation, talk


def _outcome(talk: Talk, *, is_request: bool) -> ChatOutcome:
    if is_request:
        return ChatOutcome.SALES
    if talk.end is not None and talk.end.kind == "meeting":
        return ChatOutcome.MEETING
    return (
        ChatOutcome.LEAD
        if any(line.step == "email" and line.speaker == "visitor" for line in talk.lines)
        else ChatOutcome.OPEN
    )


def _lines(conversation: ChatConversation, talk: Talk) -> list[ChatMessage]:
    return [
        ChatMessage(
            conversation=conversation,
            number=number,
            speaker=line.speaker,
            text=line.text,
            step=line.step,
            said_at=conversation.started_at + PAUSE * number,
        )
        for number, line in enumerate(talk.lines)
    ]
