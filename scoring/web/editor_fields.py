"""The fields of the rule editor: a rule set's parts as a form shows and sends them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.events.catalog import kind_of
from scoring.engine.conditions import OPS
from scoring.engine.definition import RuleSetError, rule_set_from_json
from scoring.rules.definition import plain
from scoring.rules.diff import POLICY_WORDS
from scoring.rules.lines import LineError, format_conditions, format_value, parse_conditions, parse_value
from scoring.rules.part_lines import format_criteria, format_steps, parse_criteria, parse_steps

Part = dict[str, Any]
Posted = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spec:
    """A field. kind: text, number, lines, choice or flag; suggestions: the id of a list of known words."""

    key: str
    label: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    suggestions: str = ""


PERIODS = (
    ("", "–"),
    ("day", "a day"),
    ("week", "a week"),
    ("month", "a month"),
    ("ever", "ever"),
    ("value", "for each"),
)
NAME, POINTS = Spec("name", "Name"), Spec("points", "Points", "number")
SPECS: Mapping[str, tuple[Spec, ...]] = {
    "rules": (
        NAME,
        Spec("kind", "Event", suggestions="event-kinds"),
        POINTS,
        Spec("half_life_days", "Halves after, days", "number"),
        Spec("cap", "At most, points", "number"),
        Spec("limit_count", "Counts at most", "number"),
        Spec("limit_per", "Per", "choice", PERIODS),
        Spec("limit_value_of", "For each value of"),
        Spec("conditions", "Conditions", "lines"),
    ),
    "fit": (
        NAME,
        Spec("field", "Field", suggestions="lead-fields"),
        Spec("op", "Is compared by", "choice", tuple((op, op.replace("_", " ")) for op in OPS)),
        Spec("value", "Value"),
        POINTS,
    ),
    "personas": (NAME, Spec("minimum", "Matches from, 0 to 1", "number"), Spec("criteria", "Criteria", "lines")),
    "journeys": (NAME, Spec("window_days", "Within, days", "number"), Spec("steps", "Steps", "lines")),
}  # fmt: skip
LIMIT_SPECS = (
    Spec("behaviour_limit", "Behaviour, at most", "number"),
    Spec("fit_limit", "Fit, at most", "number"),
)
FLAGS = ("mql_on_engagement", "sql_on_hand_raise", "gate_hand_raise", "direct", "reopen_disqualified")
GATES = {"require_persona": "personas", "require_journey": "journeys"}
POLICY_SPECS = tuple(
    Spec(
        key,
        label[0].upper() + label[1:],
        "flag" if key in FLAGS else "text" if key in GATES else "number",
        suggestions=GATES.get(key, ""),
    )
    for key, label in POLICY_WORDS.items()
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
}
LINES: Mapping[str, tuple[Callable[[str], list[Part]], Callable[[Sequence[Part]], str]]] = {
    "conditions": (parse_conditions, format_conditions),
    "criteria": (parse_criteria, format_criteria),
    "steps": (parse_steps, format_steps),
}
_OF_PLACE = {"limit.count": "limit_count", "limit.per": "limit_per", "limit.per.value_of": "limit_value_of"}
_LINE_PLACE = re.compile(r"(conditions|criteria|steps)\[(\d+)\]\.?(.*)")


class FieldError(Exception):
    """A field that can't be used, and why, in words for users."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def texts_of(section: str, part: Part) -> dict[str, str]:
    """Return a part's fields as the form shows them."""
    texts = {key: "" if value is None else str(plain(value)) for key, value in part.items()}
    for key, (_, write) in LINES.items():
        if key in part:
            texts[key] = write(part[key])
    if section == "fit":
        texts["value"] = format_value(part["op"], part["value"])
    if section == "rules":
        texts |= _limit_texts(part["limit"])
    return texts


def part_of(section: str, texts: Posted) -> Part:
    """Read a part from its fields and let the engine judge it. Raises FieldError."""
    read = _read_rule if section == "rules" else _read_part
    part = read(section, texts)
    try:
        rule_set_from_json({"name": "-", section: [part]}, 0)
    except RuleSetError as error:
        raise _field_error(error, f"{section}[0]") from error
    return part


def values_of(specs: Sequence[Spec], texts: Posted) -> Part:
    """Read single values, such as those of the policy; the whole rule set judges them."""
    values: Part = {}
    for spec in specs:
        text = texts.get(spec.key, "").strip()
        if spec.kind == "flag":
            values[spec.key] = bool(text)
        else:
            values[spec.key] = number_of(text) if spec.kind == "number" else text or None
    return values


def field_error(error: RuleSetError) -> tuple[str, int | None, str, str]:
    """Return where an error of the whole rule set belongs: section, row, field, and what to say."""
    match = re.fullmatch(r"(rules|fit|personas|journeys)\[(\d+)\]\.?(.*)", error.place)
    if match is None:
        section, _, key = error.place.rpartition(".")
        return section, None, key, _sentence(error.message)
    found = _field_error(error, f"{match[1]}[{match[2]}]")
    return match[1], int(match[2]), found.key, str(found)


def number_of(text: str) -> Any:
    """Read a number as people write it; what is none stays a text, which the engine refuses with its words."""
    text = text.strip().replace("−", "-")
    if not text:
        return None
    try:
        return plain(float(text.replace(",", ".")))
    except ValueError:
        return text


def _read_part(section: str, texts: Posted) -> Part:
    part: Part = {}
    for spec in SPECS[section]:
        text = texts.get(spec.key, "")
        part[spec.key] = number_of(text) if spec.kind == "number" else text.strip()
        if spec.kind == "lines":
            part[spec.key] = _lines(spec.key, text)
    if section == "fit":
        try:
            part["value"] = parse_value(part["op"], texts.get("value", ""))
        except LineError as error:
            raise FieldError("value", _sentence(str(error))) from error
    return part


def _read_rule(section: str, texts: Posted) -> Part:
    part = _read_part(section, texts)
    count, per, value_of = part.pop("limit_count"), part.pop("limit_per"), part.pop("limit_value_of")
    if value_of and per != "value":
        raise FieldError("limit_value_of", "Only where the limit is “for each”.")
    limited = count is not None or per
    part["limit"] = {"count": count, "per": {"value_of": value_of} if per == "value" else per} if limited else None
    part["kind"] = kind_of(part["kind"])
    return part


def _lines(key: str, text: str) -> list[Part]:
    try:
        return LINES[key][0](text)
    except LineError as error:
        raise FieldError(key, str(error)) from error


def _limit_texts(limit: Part | None) -> dict[str, str]:
    if limit is None:
        return {"limit_count": "", "limit_per": "", "limit_value_of": ""}
    per = limit["per"]
    value_of = per["value_of"] if isinstance(per, Mapping) else ""
    return {"limit_count": str(limit["count"]), "limit_per": "value" if value_of else per, "limit_value_of": value_of}


def _field_error(error: RuleSetError, place: str) -> FieldError:
    inner = error.place.removeprefix(place).removeprefix(".")
    match = _LINE_PLACE.fullmatch(inner)
    if match:
        return FieldError(match[1], f"Line {int(match[2]) + 1}: {match[3]} {error.message}.".replace("  ", " "))
    return FieldError(_OF_PLACE.get(inner, inner), _sentence(error.message))


def _sentence(text: str) -> str:
    text = text.replace("must be null", "must be empty").replace(', "any"', ", any").replace("got None", "got nothing")
    return f"M{text[1:]}." if text.startswith("must ") else f"{text}."
