"""The events that an answer in a conversation becomes. A repeated answer gets the same message ids."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from leads.channels.address import path_of
from leads.channels.campaign import campaign_of_address
from leads.channels.chat.script import Script, Step
from leads.channels.chat.walk import Talk
from leads.events.catalog import label_of
from leads.identity.keys import ANONYMOUS_ID, EMAIL, PHONE, Key
from leads.intake.inbound import InboundEvent
from leads.models import ChatConversation, ChatOutcome

CHANNEL = "chat"
# Outcomes in ascending order of weight; the weightiest one is kept.
RANK = (ChatOutcome.OPEN, ChatOutcome.LEAD, ChatOutcome.MEETING, ChatOutcome.SALES)


class AnswerOutcome(NamedTuple):
    """What follows from an answer.

    keys: what the visitor is known by, strongest first. reached: what the conversation has come to.
    """

    events: list[InboundEvent]
    keys: tuple[Key, ...]
    reached: ChatOutcome


def events_of_answer(
    conversation: ChatConversation,
    script: Script,
    talk: Talk,
    *,
    answered: Step,
    number: int,
    signal: str,
    now: datetime,
) -> AnswerOutcome:
    """Return what follows from the latest answer. number: the position of its line in the transcript, unique to it."""
    given = _given(conversation, script)
    keys = _keys(conversation, given)
    outcome = _outcome(conversation, talk, given)
    base = {**_attributes(given), **_page(conversation.page), "dialogue": conversation.dialogue.name}
    base["conversation"] = str(conversation.public_id)
    events = [
        InboundEvent(
            message_id=f"{conversation.public_id}-{name}",
            kind=kind,
            name=label_of(kind),
            channel=CHANNEL,
            occurred_at=now,
            keys=keys,
            properties=properties,
            signal=signal,
        )
        for name, kind, properties in _happened(
            given, answered=answered, number=number, outcome=None if talk.question else outcome, base=base
        )
    ]
    return AnswerOutcome(events, keys, outcome)


Given = list[tuple[Step, str]]


def _given(conversation: ChatConversation, script: Script) -> Given:
    """Return the answered steps with their answers, without skipped ones."""
    pairs = [(script.find(answer["step"]), answer["value"]) for answer in conversation.answers]
    return [(step, value) for step, value in pairs if step is not None and value]


def _happened(
    given: Given, *, answered: Step, number: int, outcome: ChatOutcome | None, base: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield what happened with this answer: the suffix of the message id, the kind of event, its properties.

    outcome: that of the conversation, None while it goes on. base: properties that all its events share.
    """
    # One event for the whole conversation: after the first answer it is already stored.
    yield "engaged", "chat_engaged", base
    traits = _traits(given)
    if ("email" in traits or "phone" in traits) and (answered.attribute or answered.kind in ("email", "phone")):
        yield f"said-{number}", "identified", traits
    message = next((value for step, value in given if step is answered), "")
    if answered.kind == "sales" and message:
        yield f"sales-{number}", "sales_contact_requested", {**base, "message": message}
    if outcome is not None:
        yield "ended", "chat_ended", {**base, "outcome": outcome.label}


def _keys(conversation: ChatConversation, given: Given) -> tuple[Key, ...]:
    """Return the visitor's identifiers, strongest first."""
    contacts = {step.kind: value for step, value in given if step.kind in ("email", "phone")}
    named = [(kind, contacts[name]) for name, kind in (("email", EMAIL), ("phone", PHONE)) if name in contacts]
    return (*named, (ANONYMOUS_ID, conversation.visitor))


def _traits(given: Given) -> dict[str, Any]:
    """Return what the answers say about the visitor."""
    contacts = {step.kind: value for step, value in given if step.kind in ("email", "phone")}
    return {**_attributes(given), **contacts}


def _attributes(given: Given) -> dict[str, Any]:
    return {step.attribute: value for step, value in given if step.attribute}


def _page(address: str) -> dict[str, str]:
    """Return the page with the chat, and the campaign in its address."""
    return {"url": address, "path": path_of(address) or "/", **campaign_of_address(address)} if address else {}


def _outcome(conversation: ChatConversation, talk: Talk, given: Given) -> ChatOutcome:
    """Return the weightiest of the former outcome and those reached now."""
    reached = [ChatOutcome(conversation.outcome)]
    if any(step.kind in ("email", "phone") for step, _ in given):
        reached.append(ChatOutcome.LEAD)
    if talk.end is not None and talk.end.kind == "meeting":
        reached.append(ChatOutcome.MEETING)
    if any(step.kind == "sales" for step, _ in given):
        reached.append(ChatOutcome.SALES)
    return max(reached, key=RANK.index)
