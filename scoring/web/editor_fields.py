"""The fields of the rule editor: what a rule, persona, journey or policy is made of, and how each field is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leads.events.catalog import CATALOG, kind_of
from scoring.engine.facts import NEVER_SCORED_KINDS
from scoring.rules.definition import plain
from scoring.rules.lines import FLAG_OPS
from scoring.rules.words import FIELD_WORDS, OP_WORDS

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spec:
    """A field. kind: text, number, choice or flag; suggestions: the id of a list of known words."""

    key: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    suggestions: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a part is made of: its fields, and the lists within it, by their key in the JSON."""

    specs: tuple[Spec, ...]
    lists: Mapping[str, "Shape"] = field(default_factory=dict)


PERIODS = (
    ("", "–"),
    ("day", "a day"),
    ("week", "a week"),
    ("month", "a month"),
    ("ever", "ever"),
    ("value", "for each"),
)
NAME, POINTS = Spec("name", "Name"), Spec("points", "Points", "number")
EVENT = Spec("kind", "What the lead does", suggestions="event-kinds")
OP, VALUE = Spec("op", "Comparison", "choice", tuple(OP_WORDS.items())), Spec("value", "Value")
LEAD_FIELD = Spec("field", "Field", suggestions="lead-fields")
EVENT_CONDITION = Shape((Spec("field", "Detail of the event", suggestions="event-fields"), OP, VALUE))
CRITERION = Shape((NAME, LEAD_FIELD, OP, VALUE, POINTS))
STEP = Shape((NAME, EVENT), {"conditions": EVENT_CONDITION})
SHAPES: Mapping[str, Shape] = {
    "rules": Shape(
        (
            NAME,
            EVENT,
            POINTS,
            Spec("half_life_days", "Points halve after (days)", "number"),
            Spec("cap", "Most points from this rule", "number"),
            Spec("limit_count", "Count at most", "number"),
            Spec("limit_per", "Per", "choice", PERIODS),
            Spec("limit_value_of", "For each (detail of the event)", suggestions="event-fields"),
        ),
        {"conditions": EVENT_CONDITION},
    ),
    "fit": Shape((NAME, LEAD_FIELD, OP, VALUE, POINTS)),
    "personas": Shape((NAME, Spec("minimum", "Match needed, 0 to 1", "number")), {"criteria": CRITERION}),
    "journeys": Shape((NAME, Spec("window_days", "To be completed within (days)", "number")), {"steps": STEP}),
}  # fmt: skip
LIMIT_SPECS = (
    Spec("behaviour_limit", "Behaviour, at most", "number"),
    Spec("fit_limit", "Fit, at most", "number"),
)
NEW_PARTS: Mapping[str, Part] = {
    "rules": {"kind": "page_viewed", "points": 1, "half_life_days": 14, "cap": None, "limit": None, "conditions": []},
    "fit": {"field": "title", "op": "contains", "value": "manager", "points": 1},
    "personas": {
        "minimum": 0.5,
        "criteria": [{"name": "Role", "field": "title", "op": "contains", "value": "manager", "points": 10}],
    },
    "journeys": {
        "window_days": 30,
        "steps": [{"name": "Content seen", "kind": "page_viewed", "conditions": []}],
    },
    "conditions": {"field": "properties.path", "op": "starts_with", "value": "/"},
    "criteria": {"field": "title", "op": "contains", "value": "manager", "points": 1},
    "steps": {"kind": "page_viewed", "conditions": []},
}
# Details of events that people ask for; any other can be typed.
EVENT_FIELDS = ("path", "title", "webinar", "event", "plan", "campaign", "amount", "seats", "duration_minutes", "name")

_FIELD_KEYS = {words.casefold(): key for key, words in FIELD_WORDS.items()}
_KINDS = {kind.label.casefold(): kind.key for kind in CATALOG if kind.key not in NEVER_SCORED_KINDS}
_KIND_LABELS = {key: label for kind in CATALOG for key, label in [(kind.key, kind.label)] if key in _KINDS.values()}


def shown_kind(kind: str) -> str:
    """Write a kind of event as its label; one of one's own as it is."""
    return _KIND_LABELS.get(kind, kind)


def read_kind(text: str) -> str:
    """Read a label, a name that clients use, or a kind of one's own."""
    return _KINDS.get(text.strip().casefold()) or (kind_of(text) if text.strip() else "")


def shown_lead_field(name: str) -> str:
    """Write a field of leads in words; an attribute as it is."""
    return FIELD_WORDS.get(name, name)


def read_lead_field(text: str) -> str:
    """Read a field of leads, in words or as its key."""
    return _FIELD_KEYS.get(text.strip().casefold(), text.strip())


def shown_event_field(name: str) -> str:
    """Write a detail of an event without what all of them begin with."""
    inner = name.removeprefix("properties.")
    return name if inner == "name" else inner


def read_event_field(text: str) -> str:
    """Read a detail of an event; `name` is the event's own."""
    text = text.strip()
    is_whole = not text or text == "name" or text.startswith("properties.")
    return text if is_whole else f"properties.{text}"


def shown_flag(op: str, text: str) -> str:
    """Write what a yes-or-no comparison asks for."""
    return {"true": "yes", "false": "no"}.get(text, text) if op in FLAG_OPS else text


def read_flag(op: str, text: str) -> str:
    """Read yes and no where a comparison asks for them."""
    return {"yes": "true", "no": "false"}.get(text.strip().lower(), text) if op in FLAG_OPS else text


def number_of(text: str) -> Any:
    """Read a number as people write it; what is none stays a text, which the engine refuses with its words."""
    text = text.strip().replace("−", "-")
    if not text:
        return None
    try:
        return plain(float(text.replace(",", ".")))
    except ValueError:
        return text


def values_of(specs: Sequence[Spec], texts: Mapping[str, str]) -> Part:
    """Read single values, such as those of the policy; the whole rule set judges them."""
    values: Part = {}
    for spec in specs:
        text = texts.get(spec.key, "").strip()
        if spec.kind == "flag":
            values[spec.key] = bool(text)
        else:
            values[spec.key] = number_of(text) if spec.kind == "number" else text or None
    return values
