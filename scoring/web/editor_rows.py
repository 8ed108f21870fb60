"""A row of the rule editor: a rule, persona or journey, or a line within one, as the texts of its fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import QueryDict

from leads.errors import LeadError
from scoring.engine.definition import RuleSetError, rule_set_from_json
from scoring.rules.definition import plain
from scoring.rules.lines import LineError, format_value, parse_value
from scoring.web.asked import whole_number
from scoring.web.editor_fields import (
    EVENT_CONDITION,
    SHAPES,
    Part,
    Shape,
    number_of,
    read_event_field,
    read_flag,
    read_kind,
    read_lead_field,
    shown_event_field,
    shown_flag,
    shown_kind,
    shown_lead_field,
)

# As many of a kind as one form sends, with all their fields.
MOST_ROWS = 250
_OF_PLACE = {"limit.count": "limit_count", "limit.per": "limit_per", "limit.per.value_of": "limit_value_of"}


class TooManyRows(LeadError):
    """More rows than one form holds; none of them may be left out unseen."""


class FieldError(Exception):
    """A field that can't be used, and why, in words for users. key: its place in the row: "steps[1].kind"."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass
class Row:
    """The texts of a part's fields, and the rows of the lists within it."""

    texts: dict[str, str]
    lists: dict[str, list["Row"]] = field(default_factory=dict)

    @classmethod
    def of(cls, shape: Shape, part: Part) -> "Row":
        """Show a part."""
        lists = {key: [cls.of(inner, one) for one in part[key]] for key, inner in shape.lists.items()}
        texts = {key: _text(value) for key, value in part.items() if key not in lists and key != "limit"}
        if "limit" in part:
            texts |= _limit_texts(part["limit"])
        if "kind" in texts:
            texts["kind"] = shown_kind(texts["kind"])
        if "op" in texts:
            shown = shown_event_field if shape is EVENT_CONDITION else shown_lead_field
            texts["field"] = shown(texts["field"])
            texts["value"] = shown_flag(part["op"], format_value(part["op"], part["value"]))
        return cls(texts, lists)

    @classmethod
    def sent(cls, shape: Shape, post: QueryDict, prefix: str) -> "Row":
        """Take what was sent, as it was typed."""
        texts = {spec.key: post.get(f"{prefix}-{spec.key}", "") for spec in shape.specs}
        lists = {key: sent_rows(inner, post, f"{prefix}-{key}") for key, inner in shape.lists.items()}
        return cls(texts, lists)

    @classmethod
    def from_plain(cls, shape: Shape, data: Mapping[str, Any]) -> "Row":
        """Take up what `plain` gave."""
        texts = {spec.key: str(data["texts"][spec.key]) for spec in shape.specs}
        lists = {key: [cls.from_plain(inner, one) for one in data["lists"][key]] for key, inner in shape.lists.items()}
        return cls(texts, lists)

    def plain(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return asdict(self)


def shape_at(path: Sequence[str]) -> Shape:
    """Return what the rows of a list are made of: of "rules", or of "rules", "3", "conditions". Raises KeyError."""
    shape = SHAPES[path[0]]
    for key in path[2::2]:
        shape = shape.lists[key]
    return shape


def sent_rows(shape: Shape, post: QueryDict, prefix: str) -> list[Row]:
    """Take the rows of a list, as many as were sent. Raises TooManyRows."""
    count = whole_number(post.get(f"{prefix}-rows", "")) or 0
    if count > MOST_ROWS:
        said = f"Nothing was saved: this page edits up to {MOST_ROWS} rules of a kind, and here are {count}."
        raise TooManyRows(f"{said} Export the version, change the file and import it as a draft.")
    return [Row.sent(shape, post, f"{prefix}-{number}") for number in range(count)]


def part_of(section: str, row: Row) -> Part:
    """Read a part from its row and let the engine judge it. Raises FieldError."""
    part = _read(SHAPES[section], row, "")
    try:
        rule_set_from_json({"name": "-", section: [part]}, 0)
    except RuleSetError as error:
        raise _field_error(error, f"{section}[0]") from error
    return part


def field_error(error: RuleSetError) -> tuple[str, int | None, str, str]:
    """Return where an error of the whole rule set belongs: section, row, field, and what to say."""
    match = re.fullmatch(r"(rules|fit|personas|journeys)\[(\d+)\]\.?(.*)", error.place)
    if match is None:
        section, _, key = error.place.rpartition(".")
        return section, None, key, _sentence(error.message)
    found = _field_error(error, f"{match[1]}[{match[2]}]")
    return match[1], int(match[2]), found.key, str(found)


def _read(shape: Shape, row: Row, place: str) -> Part:
    part: Part = {}
    for spec in shape.specs:
        text = row.texts.get(spec.key, "")
        part[spec.key] = number_of(text) if spec.kind == "number" else text.strip()
    if "kind" in part:
        part["kind"] = read_kind(part["kind"])
    if "op" in part:
        read_field = read_event_field if shape is EVENT_CONDITION else read_lead_field
        part["field"] = read_field(part["field"])
        part["value"] = _value(part["op"], row.texts.get("value", ""), place)
    if "limit_count" in part:
        part["limit"] = _limit(part)
    for key, inner in shape.lists.items():
        part[key] = [_read(inner, one, f"{place}{key}[{number}].") for number, one in enumerate(row.lists[key])]
    return part


def _value(op: str, text: str, place: str) -> Any:
    try:
        return parse_value(op, read_flag(op, text))
    except LineError as error:
        raise FieldError(f"{place}value", _sentence(str(error))) from error


def _limit(part: Part) -> Part | None:
    count, per, value_of = part.pop("limit_count"), part.pop("limit_per"), part.pop("limit_value_of")
    if value_of and per != "value":
        raise FieldError("limit_value_of", "Only where the limit is “for each”.")
    value_of = read_event_field(value_of)
    return (
        {"count": count, "per": {"value_of": value_of} if per == "value" else per} if count is not None or per else None
    )


def _limit_texts(limit: Part | None) -> dict[str, str]:
    if limit is None:
        return {"limit_count": "", "limit_per": "", "limit_value_of": ""}
    per = limit["per"]
    value_of = shown_event_field(per["value_of"]) if isinstance(per, Mapping) else ""
    return {"limit_count": str(limit["count"]), "limit_per": "value" if value_of else per, "limit_value_of": value_of}


def _text(value: object) -> str:
    return "" if value is None else str(plain(value))


def _field_error(error: RuleSetError, place: str) -> FieldError:
    inner = error.place.removeprefix(place).removeprefix(".")
    return FieldError(_OF_PLACE.get(inner, inner), _sentence(error.message))


def _sentence(text: str) -> str:
    text = text.replace("must be null", "must be empty").replace(', "any"', ", any").replace("got None", "got nothing")
    return f"M{text[1:]}." if text.startswith("must ") else f"{text[0].upper()}{text[1:]}."
