"""Validate a visitor's answer; refusals say what is expected."""

from leads.channels.chat.script import Step
from leads.errors import LeadError
from leads.identity.keys import normal_email, normal_phone

LONGEST_ANSWER = 1000
LONGEST_MESSAGE = 2000


class InvalidAnswer(LeadError):
    """An answer that does not fit the question, with what is expected."""


def longest_answer(step: Step) -> int:
    """Return the maximum number of characters of an answer."""
    limits = {"sales": LONGEST_MESSAGE, "email": 254, "phone": 40}
    return limits.get(step.kind, LONGEST_ANSWER)


def read_answer(step: Step, text: str) -> str:
    """Return the answer to store: an address or number in its normal form, "" for a skipped question.

    Raises InvalidAnswer.
    """
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if step.kind == "choice":
        return _choice(step, text)
    if not text:
        return _nothing(step)
    if len(text) > longest_answer(step):
        raise InvalidAnswer(f"Please use at most {longest_answer(step)} characters; these are {len(text)}.")
    if step.kind == "email":
        return _email(text)
    return _phone(text) if step.kind == "phone" else text


def _choice(step: Step, text: str) -> str:
    if all(choice.label != text for choice in step.choices):
        raise InvalidAnswer("Please choose one of the answers.")
    return text


def _nothing(step: Step) -> str:
    if step.is_required:
        wanted = {"email": "your e-mail address", "phone": "your phone number", "sales": "a message"}
        raise InvalidAnswer(f"Please enter {wanted.get(step.kind, 'an answer')}.")
    return ""


def _email(text: str) -> str:
    address = normal_email(text)
    if not address:
        raise InvalidAnswer(f"Please enter an address such as ada@example.com; “{text[:60]}” is none.")
    return address


def _phone(text: str) -> str:
    number = normal_phone(text)
    if not number:
        expected = "Please enter the number with its country code, such as +46 70 555 01 42"
        raise InvalidAnswer(f"{expected}; “{text[:40]}” can't be called.")
    return number
