"""Replay a dialogue: the same script and answers always give the same conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from leads.channels.chat.script import GREETING, Script, Step

SKIPPED = "Skipped"


class Answer(TypedDict):
    """What a visitor answered to a step, "" when it was skipped."""

    step: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the conversation. speaker: "us" or "visitor". step: the key of its step."""

    speaker: str
    text: str
    step: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation so far: its lines, and the current question.

    question: the step that waits for an answer. end: the step that ended it. If both are None, the path led nowhere.
    used: the number of answers that fit this script. may_go_back: the last answer may be changed; a message sent to
    sales may not.
    """

    lines: tuple[Line, ...]
    question: Step | None
    end: Step | None
    used: int
    may_go_back: bool


def walk(script: Script, answers: Sequence[Answer]) -> Talk:
    """Return the conversation that these answers make; answers that do not fit the script are ignored."""
    lines = [Line("us", script.greeting, GREETING)] if script.greeting.strip() else []
    step = script.steps[0] if script.steps else None
    used = spoken = 0
    may_go_back = False
    while step is not None and spoken <= len(script.steps):
        lines.append(Line("us", step.text, step.key))
        if step.is_end:
            return Talk(tuple(lines), None, step, used, may_go_back)
        answer = ""
        if step.is_question:
            if used == len(answers) or not _fits(step, answers[used]):
                return Talk(tuple(lines), step, None, used, may_go_back)
            answer, used, spoken = answers[used]["value"], used + 1, 0
            may_go_back = step.kind != "sales" or not answer
            lines.append(Line("visitor", answer or SKIPPED, step.key))
        else:
            spoken += 1
        step = script.after(step, answer)
    return Talk(tuple(lines), None, None, used, may_go_back)


def _fits(step: Step, answer: Answer) -> bool:
    if answer["step"] != step.key:
        return False
    return step.kind != "choice" or any(choice.label == answer["value"] for choice in step.choices)
