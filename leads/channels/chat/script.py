"""The document of a dialogue: its steps, and how they are read from and written to JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from leads.errors import InvalidValue

MOST_STEPS = 50
MOST_CHOICES = 8
LONGEST_TEXT = 500
LONGEST_LABEL = 80
# Texts from the editor are cut at this length; texts over the allowed length are reported beside their step.
KEPT_TEXT = 2000
KEPT_LABEL = 200

GREETING = "greeting"


class Kind(NamedTuple):
    """A kind of step as shown in the editor. is_question: waits for an answer. is_end: nothing follows."""

    label: str
    icon: str
    is_question: bool = False
    is_end: bool = False


KINDS: Mapping[str, Kind] = {
    "say": Kind("Say something", "message-circle"),
    "choice": Kind("Offer choices", "sliders-horizontal", is_question=True),
    "ask": Kind("Ask in words", "pencil", is_question=True),
    "email": Kind("Ask for e-mail", "mail", is_question=True),
    "phone": Kind("Ask for phone", "phone", is_question=True),
    "sales": Kind("Message to sales", "user-round-check", is_question=True),
    "meeting": Kind("Meeting link", "calendar-days", is_end=True),
    "end": Kind("End", "check", is_end=True),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to choose. next: the key of the following step, "" for the one below."""

    label: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a dialogue. next: the key of the following step, "" for the one below.

    attribute: the lead attribute that the answer is stored in, "" for none. is_required: can't be skipped. url, label:
    the address for booking a meeting, and the text of its button.
    """

    key: str
    kind: str
    text: str
    next: str = ""
    choices: tuple[Choice, ...] = ()
    attribute: str = ""
    is_required: bool = True
    url: str = ""
    label: str = ""

    @property
    def is_question(self) -> bool:
        """Return whether the dialogue waits here for an answer."""
        return KINDS[self.kind].is_question

    @property
    def is_end(self) -> bool:
        """Return whether the dialogue ends here."""
        return KINDS[self.kind].is_end


@dataclass(frozen=True, slots=True)
class Script:
    """A complete dialogue. It starts with the greeting ("" for none) and the first step."""

    greeting: str
    steps: tuple[Step, ...]

    def find(self, key: str) -> Step | None:
        """Return the step with this key."""
        return next((step for step in self.steps if step.key == key), None)

    def below(self, step: Step) -> Step | None:
        """Return the step below another."""
        place = self.steps.index(step) + 1
        return self.steps[place] if place < len(self.steps) else None

    def after(self, step: Step, answer: str = "") -> Step | None:
        """Return the following step, for a choice depending on its answer; None if there is none."""
        named = next((choice.next for choice in step.choices if choice.label == answer), "") or step.next
        return self.find(named) if named else self.below(step)

    def exits(self, step: Step) -> "list[Step | None]":
        """Return every step that may follow; None stands for a missing one."""
        if step.is_end:
            return []
        ways: list[Step | None] = [self.after(step, choice.label) for choice in step.choices]
        if step.kind != "choice":
            ways.append(self.after(step))
        return ways


def read_script(document: Any) -> Script:
    """Return the dialogue of a document; its steps may still be inconsistent. Raises InvalidValue."""
    if not isinstance(document, Mapping) or not isinstance(document.get("steps"), list):
        raise InvalidValue("A dialogue must be an object with a list of steps.")
    steps = tuple(_read_step(step) for step in document["steps"])
    if len({step.key for step in steps}) < len(steps):
        raise InvalidValue("Two steps of a dialogue must not have the same key.")
    return Script(_text(document, "greeting", KEPT_TEXT), steps)


def write_script(script: Script) -> dict[str, Any]:
    """Return the document of a dialogue; reading it gives the same dialogue."""
    return {"greeting": script.greeting, "steps": [_written(step) for step in script.steps]}


def _read_step(document: Any) -> Step:
    if not isinstance(document, Mapping):
        raise InvalidValue(f"A step must be an object, got {document!r}.")
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidValue(f"A step's kind must be one of {', '.join(KINDS)}, got {kind!r}.")
    choices = document.get("choices", [])
    if not isinstance(choices, Sequence) or not all(isinstance(choice, Mapping) for choice in choices):
        raise InvalidValue(f"A step's choices must be a list of objects, got {choices!r}.")
    return Step(
        key=_text(document, "key", 40),
        kind=kind,
        text=_text(document, "text", KEPT_TEXT),
        next=_text(document, "next", 40),
        choices=tuple(Choice(_text(choice, "label", KEPT_LABEL), _text(choice, "next", 40)) for choice in choices),
        attribute=_text(document, "attribute", KEPT_LABEL),
        is_required=document.get("is_required", True) is not False,
        url=_text(document, "url", KEPT_TEXT),
        label=_text(document, "label", KEPT_LABEL),
    )


def _text(document: Mapping[str, Any], name: str, longest: int) -> str:
    value = document.get(name, "")
    if not isinstance(value, str):
        raise InvalidValue(f"{name} must be text, got {value!r}.")
    return value[:longest]


def _written(step: Step) -> dict[str, Any]:
    document: dict[str, Any] = {"key": step.key, "kind": step.kind, "text": step.text}
    optional = {"next": step.next, "attribute": step.attribute, "url": step.url, "label": step.label}
    document.update({name: value for name, value in optional.items() if value})
    if step.choices:
        document["choices"] = [{"label": choice.label, "next": choice.next} for choice in step.choices]
    if not step.is_required:
        document["is_required"] = False
    return document
