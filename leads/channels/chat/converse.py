"""Hold a conversation: take an answer, or take one back. Each answer counts once, however often it is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from leads.channels.chat.answer import read_answer
from leads.channels.chat.events import AnswerOutcome, events_of_answer
from leads.channels.chat.script import read_script
from leads.channels.chat.token import Token
from leads.channels.chat.walk import Answer, Line, Talk, walk
from leads.errors import LeadError
from leads.identity.keys import ANONYMOUS_ID
from leads.intake.sources import channel_source
from leads.intake.take_in import take_in
from leads.models import ChatConversation, ChatMessage, ChatOutcome, ChatSpeaker, ChatVersion, Identifier

SOURCE = "Chat"
CLOSED = "This chat can't go on. Please use the contact details on the website."


class Visit(NamedTuple):
    """The visitor of a request.

    visitor: the website's anonymous id, "" if it has none. page: the address of the page with the chat. signal: the
    machine signal of the request, "" for none.
    """

    visitor: str
    page: str
    signal: str


def talk_of(token: Token) -> Talk:
    """Return the conversation so far."""
    conversation = ChatConversation.objects.filter(public_id=token.conversation).select_related("version").first()
    if conversation is None:
        return walk(read_script(ChatVersion.objects.get(pk=token.version_id).document), [])
    return walk(read_script(conversation.version.document), conversation.answers)


@transaction.atomic
def take_answer(token: Token, text: str, *, position: int, visit: Visit, now: datetime) -> Talk:
    """Store the answer to the question at `position`, record its events and return the conversation.

    An answer that is not for the current question (sent twice, or from another tab) changes nothing. Raises LeadError
    for an invalid answer; nothing is stored then.
    """
    conversation, is_new = _lock(token, visit, now)
    script = read_script(conversation.version.document)
    before = walk(script, conversation.answers)
    if conversation.outcome == ChatOutcome.BLOCKED:
        raise LeadError(CLOSED)
    if before.question is None or position != before.used:
        return before
    answer = Answer(step=before.question.key, value=read_answer(before.question, text))
    conversation.answers = [*conversation.answers, answer]
    after = walk(script, conversation.answers)
    said = after.lines if is_new else after.lines[len(before.lines) :]
    number = _say(conversation, said, now=now)
    outcome = events_of_answer(
        conversation, script, after, answered=before.question, number=number, signal=visit.signal, now=now
    )
    take_in(channel_source(SOURCE, now=now), outcome.events, now=now)
    _keep(conversation, after, outcome, now=now)
    return after


@transaction.atomic
def take_back(token: Token, *, position: int, now: datetime) -> Talk:
    """Take the last answer back, so that its question is asked again; messages already sent to sales stay sent.

    Raises LeadError if there is nothing to take back.
    """
    conversation = _locked(token)
    if conversation is None or not conversation.answers:
        raise LeadError("There is no answer to change yet.")
    script = read_script(conversation.version.document)
    talk = walk(script, conversation.answers)
    if position != talk.used:
        return talk
    if not talk.may_go_back:
        raise LeadError("Your message is with sales already.")
    last = script.find(conversation.answers[-1]["step"])
    note = f"Went back to “{last.text if last else ''}”"
    conversation.answers = conversation.answers[:-1]
    talk = walk(script, conversation.answers)
    _say(conversation, [Line(ChatSpeaker.NOTE, note, last.key if last else "")], now=now)
    conversation.step = talk.question.key if talk.question else ""
    conversation.ended_at = None
    conversation.save(update_fields=["answers", "step", "ended_at"])
    return talk


@transaction.atomic
def block(token: Token, text: str, *, visit: Visit, now: datetime) -> str:
    """Store what a bot wrote into the hidden field, for inspection only.

    Return the message to show.
    """
    conversation, _ = _lock(token, visit, now)
    _say(conversation, [Line(ChatSpeaker.VISITOR, text[:2000].replace("\0", ""), conversation.step)], now=now)
    conversation.outcome, conversation.ended_at = ChatOutcome.BLOCKED, now
    conversation.save(update_fields=["outcome", "ended_at"])
    return CLOSED


def _lock(token: Token, visit: Visit, now: datetime) -> tuple[ChatConversation, bool]:
    """Return the conversation, locked, and whether it is new."""
    made = {
        "dialogue_id": token.dialogue_id,
        "version_id": token.version_id,
        "visitor": visit.visitor or f"chat-{token.conversation}",
        "page": visit.page,
        "started_at": now,
    }
    conversation, is_new = ChatConversation.objects.get_or_create(public_id=token.conversation, defaults=made)
    return _locked(token) or conversation, is_new


def _locked(token: Token) -> ChatConversation | None:
    rows = ChatConversation.objects.select_related("version", "dialogue").select_for_update(of=("self",))
    return rows.filter(public_id=token.conversation).first()


def _say(conversation: ChatConversation, lines: Sequence[Line], *, now: datetime) -> int:
    """Add lines to the transcript; return the number of the visitor's line."""
    first = conversation.messages.count()
    numbered = list(enumerate(lines, first))
    ChatMessage.objects.bulk_create(
        ChatMessage(
            conversation=conversation, number=number, speaker=line.speaker, text=line.text, step=line.step, said_at=now
        )
        for number, line in numbered
    )
    return next((number for number, line in numbered if line.speaker == ChatSpeaker.VISITOR), first)


def _keep(conversation: ChatConversation, talk: Talk, outcome: AnswerOutcome, *, now: datetime) -> None:
    conversation.step = talk.question.key if talk.question else ""
    conversation.outcome = outcome.reached
    if talk.question is None:
        conversation.ended_at = now
    # If the visitor went back and corrected the address, the conversation belongs to the corrected one.
    if outcome.keys[0][0] != ANONYMOUS_ID:
        kind, value = outcome.keys[0]
        conversation.lead_id = Identifier.objects.values_list("lead_id", flat=True).get(kind=kind, value=value)
    conversation.save(update_fields=["answers", "step", "outcome", "ended_at", "lead"])
