"""Check a dialogue: every mistake is listed beside its step, so that no visitor gets stuck."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from leads.channels.chat.script import GREETING, LONGEST_LABEL, LONGEST_TEXT, MOST_CHOICES, MOST_STEPS, Script, Step

# Addresses and numbers have steps of their own, which validate the answer.
OTHER_STEPS = {"email": "Ask for e-mail", "phone": "Ask for phone"}
# Names used by our own properties, and names of identifying traits.
TAKEN_NAMES = frozenset(
    {"id", "user_id", "anonymous_id", "conversation", "dialogue", "message", "outcome", "url", "path"}
)
LONGEST_ATTRIBUTE = 40
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that must be corrected before publishing. step: its key, "greeting", or "" for the whole dialogue."""

    step: str
    text: str


def mistakes(script: Script) -> list[Mistake]:
    """Return all mistakes of a dialogue in the order of its steps; none means that it can be published."""
    if not script.steps:
        return [Mistake("", "A dialogue needs a step to begin with.")]
    found = [Mistake("", f"At most {MOST_STEPS} steps, got {len(script.steps)}.")] * (len(script.steps) > MOST_STEPS)
    if len(script.greeting) > LONGEST_TEXT:
        found.append(Mistake(GREETING, _too_long("The greeting", script.greeting, LONGEST_TEXT)))
    ways = _Ways(script)
    for step in script.steps:
        texts = [*_of_the_text(step), *_of_choices(step), *_of_the_attribute(step), *_of_the_link(step)]
        found += [Mistake(step.key, text) for text in (*texts, *ways.mistakes_of(step))]
    return found


def _of_the_text(step: Step) -> Iterator[str]:
    if not step.text.strip():
        yield "Write what the visitor reads here."
    if len(step.text) > LONGEST_TEXT:
        yield _too_long("The text", step.text, LONGEST_TEXT)


def _of_choices(step: Step) -> Iterator[str]:
    if step.kind != "choice":
        return
    labels = [choice.label.strip() for choice in step.choices]
    if not labels:
        yield "Offer at least one choice."
    if len(labels) > MOST_CHOICES:
        yield f"At most {MOST_CHOICES} choices, got {len(labels)}."
    if not all(labels):
        yield "Every choice needs words."
    same = {label for label in labels if label and labels.count(label) > 1}
    yield from (f"Two choices are called “{label}”." for label in sorted(same))
    yield from (
        _too_long(f"The choice “{label[:20]}…”", label, LONGEST_LABEL) for label in labels if len(label) > LONGEST_LABEL
    )


def _of_the_attribute(step: Step) -> Iterator[str]:
    name = step.attribute
    if not name or not step.is_question:
        return
    if name in OTHER_STEPS:
        yield f"“{name}” is asked for by the step “{OTHER_STEPS[name]}”, which checks it."
    elif name in TAKEN_NAMES:
        yield f"“{name}” is a name of LeadCRM's own; choose another."
    elif len(name) > LONGEST_ATTRIBUTE or not _ATTRIBUTE.fullmatch(name):
        yield (
            f"The attribute must be at most {LONGEST_ATTRIBUTE} small letters, digits and underscores, such as "
            f"company_size; got “{name[:60]}”."
        )


def _of_the_link(step: Step) -> Iterator[str]:
    if step.kind != "meeting":
        return
    if not is_web_address(step.url):
        yield f"The link must be a web address such as https://calendly.com/you; got “{step.url[:80]}”."
    if len(step.label) > LONGEST_LABEL:
        yield _too_long("The button", step.label, LONGEST_LABEL)


def is_web_address(url: str) -> bool:
    """Return whether a text is an address that a browser may be redirected to."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", url)
    except ValueError:
        return False


def _too_long(what: str, text: str, most: int) -> str:
    return f"{what} may have {most} characters, got {len(text)}."


class _Ways:
    """The paths through a dialogue: which steps are reached, and from which of them an end is reached."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exits = {step.key: script.exits(step) for step in script.steps}
        self.reached = self._reach(lambda step: True)
        # Steps that can be reached without having given an address or a number.
        self.unknown = self._reach(lambda step: step.kind not in ("email", "phone") or not step.is_required)
        self.ending = self._ending()

    def mistakes_of(self, step: Step) -> Iterator[str]:
        """Return the mistakes in the paths to and from a step."""
        if step.key not in self.reached:
            yield "Nobody gets here: no step before it leads to it."
            return
        yield from self._dead_ends(step)
        if step.kind == "say" and self._is_in_a_loop(step):
            yield "Goes round in a circle without a question."
        elif step.key not in self.ending and None not in self.exits[step.key]:
            yield "No way from here ever comes to an end."
        if step.kind == "sales" and step.key in self.unknown:
            yield "Sales could not answer: ask for an e-mail address or a phone number before, and let nobody skip it."

    def _dead_ends(self, step: Step) -> Iterator[str]:
        targets = (
            {"": step.next} if step.kind != "choice" else {one.label: one.next or step.next for one in step.choices}
        )
        for label, target in targets.items() if not step.is_end else ():
            what = f"The choice “{label}”" if step.kind == "choice" else "The step"
            if target and self.script.find(target) is None:
                yield f"{what} leads to a step that is not there any more."
            elif not target and self.script.below(step) is None:
                yield f"{what} leads nowhere: choose what follows, or add an end below."

    def _reach(self, passes: Callable[[Step], bool]) -> set[str]:
        """Return the keys of the steps reachable from the first one, continuing only from steps that pass the test."""
        seen: set[str] = set()
        waiting = [self.script.steps[0]]
        while waiting:
            step = waiting.pop()
            if step.key in seen:
                continue
            seen.add(step.key)
            if passes(step):
                waiting += _present(self.exits[step.key])
        return seen

    def _ending(self) -> set[str]:
        """Return the keys of the steps from which some path reaches an end."""
        ending = {step.key for step in self.script.steps if step.is_end}
        for _ in self.script.steps:
            ending |= {key for key, exits in self.exits.items() if any(one.key in ending for one in _present(exits))}
        return ending

    def _is_in_a_loop(self, start: Step) -> bool:
        """Return whether a step without a question leads back to itself through steps without questions."""
        seen: set[str] = set()
        step: Step | None = start
        while step is not None and step.kind == "say" and step.key not in seen:
            seen.add(step.key)
            step = self.script.after(step)
        return step is start


def _present(steps: "Iterable[Step | None]") -> list[Step]:
    return [step for step in steps if step is not None]
