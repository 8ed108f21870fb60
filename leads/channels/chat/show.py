"""What a page needs to ask the question that waits."""

from dataclasses import dataclass

from leads.channels.chat.answer import longest_answer
from leads.channels.chat.script import Step
from leads.channels.chat.walk import Talk

# The type of a field is also the word by which a browser fills it in.
INPUTS = {"email": "email", "phone": "tel"}
PLACEHOLDERS = {"email": "ada@example.com", "phone": "+46 70 555 01 42"}


@dataclass(frozen=True, slots=True)
class Reply:
    """The question that waits, as a form needs it. position: how many answers stand before it."""

    step: Step
    position: int

    @property
    def longest(self) -> int:
        """Return how many characters the answer may have."""
        return longest_answer(self.step)

    @property
    def is_long(self) -> bool:
        """Tell whether the answer is written on several lines."""
        return self.step.kind in ("ask", "sales")

    @property
    def input_type(self) -> str:
        """Return the type of the field, which brings the keyboard of a phone."""
        return INPUTS.get(self.step.kind, "text")

    @property
    def autocomplete(self) -> str:
        """Return what a browser may fill in."""
        return INPUTS.get(self.step.kind, "off")

    @property
    def placeholder(self) -> str:
        """Return an example of an answer."""
        return PLACEHOLDERS.get(self.step.kind, "")


def reply_of(talk: Talk) -> Reply | None:
    """Return the question that waits, None at the end."""
    return Reply(talk.question, talk.used) if talk.question else None
