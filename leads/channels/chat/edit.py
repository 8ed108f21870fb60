"""Edit the draft of a dialogue step by step. A draft may contain mistakes; publishing refuses them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F

from leads.channels.chat.script import (
    GREETING,
    KEPT_LABEL,
    KEPT_TEXT,
    KINDS,
    MOST_CHOICES,
    MOST_STEPS,
    Choice,
    Script,
    Step,
    read_script,
    write_script,
)
from leads.errors import InvalidValue, LeadError
from leads.models import ChatDialogue

FIRST_WORDS = {
    "say": "Thank you.",
    "choice": "Which of these?",
    "ask": "What would you like to know?",
    "email": "At which e-mail address may we answer you?",
    "phone": "On which number may we call you?",
    "sales": "What should we know before we call or write?",
    "meeting": "Choose a time that suits you.",
    "end": "Thank you. We will be in touch.",
}


class DraftChanged(LeadError):
    """Somebody else has changed the draft since this page was shown."""


def change_draft(dialogue: ChatDialogue, change: Callable[[Script], Script], *, revision: int) -> None:
    """Store a changed draft and keep the previous one for Undo.

    revision: of the draft that was edited. Raises DraftChanged if there is a newer one.
    """
    document = write_script(change(read_script(dialogue.draft)))
    if document == dialogue.draft:
        return
    changed = ChatDialogue.objects.filter(pk=dialogue.pk, revision=revision).update(
        before=F("draft"), draft=document, revision=F("revision") + 1
    )
    if not changed:
        raise DraftChanged(
            "Somebody changed this dialogue since you opened it. This is how it is now; please look again."
        )
    dialogue.refresh_from_db()


def undo_change(dialogue: ChatDialogue) -> None:
    """Restore the draft before the last change; a second call restores the change. Raises LeadError."""
    done = ChatDialogue.objects.filter(pk=dialogue.pk, before__isnull=False).update(
        before=F("draft"), draft=F("before"), revision=F("revision") + 1
    )
    if not done:
        raise LeadError("There is no change to undo.")
    dialogue.refresh_from_db()


def with_step(script: Script, key: str, given: Mapping[str, Any]) -> Script:
    """Return the script with a step (or the greeting) changed; fields that are not given stay."""
    if key == GREETING:
        return replace(script, greeting=_words(given.get("text", script.greeting), KEPT_TEXT))
    step = _find(script, key)
    texts = {name: _words(given[name], KEPT_TEXT if name in ("text", "url") else KEPT_LABEL)
             for name in ("text", "url", "label", "attribute", "next") if name in given}  # fmt: skip
    texts.update({name: texts[name].strip() for name in ("url", "label", "attribute", "next") if name in texts})
    choices = given.get("choices")
    changed = replace(
        step,
        **texts,
        is_required=bool(given.get("is_required", step.is_required)),
        choices=_choices(choices) if choices is not None and step.kind == "choice" else step.choices,
    )
    return replace(script, steps=tuple(changed if one is step else one for one in script.steps))


def with_new_step(script: Script, kind: str) -> Script:
    """Return the script with a new step at the end. Raises InvalidValue."""
    if kind not in KINDS:
        raise InvalidValue(f"A step's kind must be one of {', '.join(KINDS)}, got “{kind[:40]}”.")
    if len(script.steps) >= MOST_STEPS:
        raise InvalidValue(f"A dialogue has at most {MOST_STEPS} steps.")
    choices = (Choice("Yes"), Choice("No")) if kind == "choice" else ()
    step = Step(free_key(script), kind, FIRST_WORDS[kind], choices=choices)
    return replace(script, steps=(*script.steps, step))


def without_step(script: Script, key: str) -> Script:
    """Return the script without a step; steps that led to it are reported as mistakes until they lead elsewhere."""
    step = _find(script, key)
    return replace(script, steps=tuple(one for one in script.steps if one is not step))


def with_step_moved(script: Script, key: str, by: int) -> Script:
    """Return the script with a step moved down this many places; at the edge it stays."""
    step = _find(script, key)
    place = script.steps.index(step)
    others = [one for one in script.steps if one is not step]
    to = min(max(place + by, 0), len(others))
    return replace(script, steps=(*others[:to], step, *others[to:]))


def free_key(script: Script) -> str:
    """Return a key that no step has and that no step leads to."""
    used = {step.key for step in script.steps} | {step.next for step in script.steps}
    used |= {choice.next for step in script.steps for choice in step.choices}
    numbers = [int(found[1]) for key in used if (found := re.fullmatch(r"step-(\d{1,9})", key))]
    return f"step-{max(numbers, default=0) + 1}"


def _find(script: Script, key: str) -> Step:
    step = script.find(key)
    if step is None:
        raise InvalidValue(f"The dialogue has no step “{key[:40]}”; perhaps somebody deleted it.")
    return step


def _choices(given: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    """Return the choices that have a text; empty rows are ignored."""
    rows = [Choice(_words(label, KEPT_LABEL).strip(), _words(target, 40)) for label, target in given]
    return tuple(choice for choice in rows if choice.label)[: MOST_CHOICES + 1]


def _words(value: Any, longest: int) -> str:
    return str(value).replace("\0", "").replace("\r\n", "\n")[:longest]
