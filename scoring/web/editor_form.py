"""What the rule editor's form holds: the rows of one tab, read from a version or from what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from scoring.engine.definition import RuleSetError
from scoring.rules.default import READY_MADE_POLICIES
from scoring.rules.definition import complete
from scoring.web.editor_fields import (
    LIMIT_SPECS,
    NEW_PARTS,
    POLICY_SPECS,
    SPECS,
    FieldError,
    Part,
    Spec,
    field_error,
    number_of,
    part_of,
    texts_of,
    values_of,
)

TABS: Mapping[str, tuple[str, ...]] = {
    "rules": ("rules", "fit"),
    "personas": ("personas",),
    "journeys": ("journeys",),
    "policy": (),
}
VALUES: Mapping[str, tuple[str, tuple[Spec, ...]]] = {"rules": ("", LIMIT_SPECS), "policy": ("policy", POLICY_SPECS)}
MOST_ROWS = 500


@dataclass
class EditorForm:
    """The rows of a tab as texts. errors: by section, row (None: a single value) and field; opened: the row in hand."""

    tab: str
    rows: dict[str, list[dict[str, str]]]
    values: dict[str, str]
    note: str = ""
    errors: dict[tuple[str, int | None, str], str] = field(default_factory=dict)
    opened: tuple[str, int] | None = None

    @classmethod
    def of(cls, tab: str, definition: Mapping[str, Any], note: str = "") -> "EditorForm":
        """Show a version."""
        rows = {section: [texts_of(section, part) for part in definition[section]] for section in TABS[tab]}
        section, specs = VALUES.get(tab, ("", ()))
        source = definition[section] if section else definition
        return cls(tab, rows, {spec.key: _text(source[spec.key]) for spec in specs}, note)

    @classmethod
    def sent(cls, tab: str, post: QueryDict) -> "EditorForm":
        """Take what was sent, as it was typed."""
        rows = {section: [_row(post, section, i) for i in range(_count(post, section))] for section in TABS[tab]}
        specs = VALUES.get(tab, ("", ()))[1]
        return cls(tab, rows, {spec.key: post.get(spec.key, "") for spec in specs}, post.get("note", "")[:300])

    def step(self, what: str) -> None:
        """Do what a button says.

        "add:rules"; "remove", "up", "down", "less" or "more" of a row, "up:fit:2"; "policy:Score", a ready-made one.
        """
        verb, _, place = what.partition(":")
        if verb == "policy" and self.tab == "policy":
            self.values |= {key: _text(value) for key, value in READY_MADE_POLICIES.get(place, {}).items()}
        section, _, number = place.partition(":")
        rows = self.rows.get(section)
        if rows is None:
            return
        if verb == "add" and len(rows) < MOST_ROWS:
            rows.append(texts_of(section, {"name": _free_name(rows), **NEW_PARTS[section]}))
            self.opened = (section, len(rows) - 1)
        elif number.isdecimal() and int(number) < len(rows):
            self._step_row(verb, section, rows, int(number))

    def changes(self, definition: Mapping[str, Any]) -> Part | None:
        """Return the keys of the JSON that this tab says, or nothing where `errors` tell what is wrong."""
        parts = {section: self._parts(section) for section in self.rows}
        section, specs = VALUES.get(self.tab, ("", ()))
        values = values_of(specs, self.values)
        found = {**parts, **({section: values} if section else values)}
        if self.errors:
            return None
        try:
            complete({**definition, **found})
        except RuleSetError as error:
            place, row, key, message = field_error(error)
            self.errors[place, row, key] = message
            return None
        return found

    def follows(self, name: str) -> bool:
        """Tell whether the values of this tab are those of a ready-made policy."""
        return all(self.values.get(key, "") == _text(value) for key, value in READY_MADE_POLICIES[name].items())

    def _parts(self, section: str) -> list[Part]:
        parts = []
        for number, texts in enumerate(self.rows[section]):
            try:
                parts.append(part_of(section, texts))
            except FieldError as error:
                self.errors[section, number, error.key] = str(error)
        return parts

    def _step_row(self, verb: str, section: str, rows: list[dict[str, str]], number: int) -> None:
        if verb == "remove":
            rows.pop(number)
        elif verb in ("up", "down"):
            other = min(max(number + (1 if verb == "down" else -1), 0), len(rows) - 1)
            rows[number], rows[other] = rows[other], rows[number]
            self.opened = (section, other)
        elif verb in ("less", "more"):
            points = number_of(rows[number].get("points", ""))
            if isinstance(points, int | float):
                rows[number]["points"] = _text(points + (1 if verb == "more" else -1))


def _count(post: QueryDict, section: str) -> int:
    text = post.get(f"{section}-rows", "")
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _row(post: QueryDict, section: str, number: int) -> dict[str, str]:
    return {spec.key: post.get(f"{section}-{number}-{spec.key}", "") for spec in SPECS[section]}


def _free_name(rows: list[dict[str, str]]) -> str:
    names = {row["name"] for row in rows}
    return next(name for number in range(1, MOST_ROWS + 2) if (name := f"New {number}") not in names)


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return f"{value:g}" if isinstance(value, float) else str(value)
