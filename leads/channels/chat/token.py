"""The signed token with which a visitor continues a conversation, so that nobody can read another's."""

from typing import NamedTuple
from uuid import UUID, uuid4

from django.core import signing

from leads.channels.chat.walk import Answer
from leads.models import ChatDialogue

A_WEEK = 7 * 86_400
_SALT, _TRY_SALT = "leads.chat", "leads.chat.try"


class Token(NamedTuple):
    """A conversation and its dialogue's version. The conversation may not have begun."""

    conversation: UUID
    version_id: int
    dialogue_id: int


def new_token(dialogue: ChatDialogue) -> Token:
    """Return the token of a new conversation under the live version."""
    if dialogue.live_id is None:
        raise ValueError(f"expected a published dialogue, got {dialogue.slug}")
    return Token(uuid4(), dialogue.live_id, dialogue.pk)


def write_token(token: Token) -> str:
    """Return a token as text for addresses and forms."""
    return signing.dumps([token.conversation.hex, token.version_id, token.dialogue_id], salt=_SALT)


def read_token(text: str, dialogue: ChatDialogue) -> Token | None:
    """Return the token of a text; None if it is malformed, forged, older than a week or for another dialogue."""
    try:
        conversation, version_id, dialogue_id = signing.loads(text, salt=_SALT, max_age=A_WEEK)
    except signing.BadSignature:
        return None
    return Token(UUID(conversation), version_id, dialogue_id) if dialogue_id == dialogue.pk else None


def write_try(answers: list[Answer]) -> str:
    """Return the answers of a trial as signed text; they are stored nowhere else."""
    return signing.dumps(answers, salt=_TRY_SALT, compress=True)


def read_try(text: str) -> list[Answer]:
    """Return the answers of a trial, empty if the text is not ours."""
    try:
        answers: list[Answer] = signing.loads(text, salt=_TRY_SALT, max_age=A_WEEK)
    except signing.BadSignature:
        return []
    return answers
