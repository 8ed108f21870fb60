"""The view of the current question, as a template needs it."""

from dataclasses import dataclass

from leads.channels.chat.answer import longest_answer
from leads.channels.chat.script import Step
from leads.channels.chat.walk import Talk

# The type of an input is also its autocomplete value.
INPUTS = {"email": "email", "phone": "tel"}
PLACEHOLDERS = {"email": "ada@example.com", "phone": "+46 70 555 01 42"}


@dataclass(frozen=True, slots=True)
class Reply:
    """The current question as a form needs it. position: the number of answers before it."""

    step: Step
    position: int

    @property
    def longest(self) -> int:
        """The maximum length of the answer."""
        return longest_answer(self.step)

    @property
    def is_long(self) -> bool:
        """Whether the answer may have several lines."""
        return self.step.kind in ("ask", "sales")

    @property
    def input_type(self) -> str:
        """The type of the input, which decides the keyboard on phones."""
        return INPUTS.get(self.step.kind, "text")

    @property
    def autocomplete(self) -> str:
        """The input's autocomplete value."""
        return INPUTS.get(self.step.kind, "off")

    @property
    def placeholder(self) -> str:
        """An example answer."""
        return PLACEHOLDERS.get(self.step.kind, "")


def reply_of(talk: Talk) -> Reply | None:
    """Return the current question, None at the end."""
    return Reply(talk.question, talk.used) if talk.question else None
