"""Make dialogues: words are filled in where a test is not about them."""

from typing import Any

from hypothesis import strategies as st

from leads.channels.chat.publish import publish_dialogue
from leads.channels.chat.script import KINDS, Choice, Script, Step, write_script
from leads.models import ChatDialogue
from tests.make import NOON


def step(key: str, kind: str, **fields: Any) -> Step:
    """Return a step; choices may be given as pairs of label and next."""
    choices = tuple(Choice(*choice) for choice in fields.pop("choices", ()))
    link = {"url": "https://meet.example/ada"} if kind == "meeting" else {}
    return Step(key, kind, fields.pop("text", f"Words of {key}"), choices=choices, **{**link, **fields})


def script(*steps: Step, greeting: str = "") -> Script:
    return Script(greeting, steps)


QUALIFY = script(
    step("topic", "choice", attribute="topic", choices=[("Pricing",), ("Support", "bye")]),
    step("company", "ask", attribute="company", is_required=False),
    step("mail", "email"),
    step("how", "choice", choices=[("Meeting", "meet"), ("Message", "note")]),
    step("meet", "meeting"),
    step("note", "sales"),
    step("bye", "end"),
    greeting="Hello.",
)


def make_dialogue(of: Script = QUALIFY, name: str = "Site", **fields: Any) -> ChatDialogue:
    """Store a published dialogue."""
    slug = fields.pop("slug", name.lower())
    dialogue = ChatDialogue.objects.create(name=name, slug=slug, draft=write_script(of), created_at=NOON, **fields)
    publish_dialogue(dialogue, by=None, now=NOON)
    return dialogue


@st.composite
def any_script(draw: st.DrawFn) -> Script:
    """Draw a dialogue of any shape: ways may lead back, to nowhere, and to steps that do not exist."""
    size = draw(st.integers(1, 7))
    keys = [f"s{number}" for number in range(size)]
    targets = st.sampled_from(["", "", *keys, "gone"])
    return script(*(draw(_step(key, targets)) for key in keys))


def _step(key: str, targets: st.SearchStrategy[str]) -> st.SearchStrategy[Step]:
    choices = st.lists(st.tuples(st.sampled_from("abc"), targets), max_size=3, unique_by=lambda pair: pair[0])
    return st.builds(
        lambda kind, target, pairs, required: step(
            key, kind, next=target, choices=pairs if kind == "choice" else (), is_required=required
        ),
        st.sampled_from(list(KINDS)),
        targets,
        choices,
        st.booleans(),
    )
