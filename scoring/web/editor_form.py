"""What the rule editor's form holds: the rows of one tab, read from a version or from what was sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from scoring.engine.definition import RuleSetError
from scoring.rules.default import READY_MADE_POLICIES
from scoring.rules.definition import complete
from scoring.web.editor_fields import LIMIT_SPECS, NEW_PARTS, SHAPES, Part, Spec, number_of, values_of
from scoring.web.editor_policy import POLICY_SPECS
from scoring.web.editor_rows import MOST_ROWS, FieldError, Row, field_error, part_of, sent_rows, shape_at

TABS: Mapping[str, tuple[str, ...]] = {
    "rules": ("rules", "fit"),
    "personas": ("personas",),
    "journeys": ("journeys",),
    "policy": (),
}
VALUES: Mapping[str, tuple[str, tuple[Spec, ...]]] = {"rules": ("", LIMIT_SPECS), "policy": ("policy", POLICY_SPECS)}


@dataclass
class EditorForm:
    """The rows of a tab as texts.

    errors: by section, row (None: a single value) and field; opened: the row in hand; focus: the id of what the
    keyboard goes on with; removed: JSON of the row that was just removed and its place, "" where none was.
    """

    tab: str
    rows: dict[str, list[Row]]
    values: dict[str, str]
    note: str = ""
    errors: dict[tuple[str, int | None, str], str] = field(default_factory=dict)
    opened: tuple[str, int] | None = None
    focus: str = ""
    removed: str = ""

    @classmethod
    def of(cls, tab: str, definition: Mapping[str, Any], note: str = "") -> "EditorForm":
        """Show a version."""
        rows = {section: [Row.of(SHAPES[section], part) for part in definition[section]] for section in TABS[tab]}
        section, specs = VALUES.get(tab, ("", ()))
        source = definition[section] if section else definition
        return cls(tab, rows, {spec.key: _text(source[spec.key]) for spec in specs}, note)

    @classmethod
    def sent(cls, tab: str, post: QueryDict) -> "EditorForm":
        """Take what was sent, as it was typed."""
        rows = {section: sent_rows(SHAPES[section], post, section) for section in TABS[tab]}
        specs = VALUES.get(tab, ("", ()))[1]
        return cls(tab, rows, {spec.key: post.get(spec.key, "") for spec in specs}, post.get("note", "")[:300])

    def step(self, what: str, removed: str = "") -> None:
        """Do what a button says.

        "add:rules", "add:rules:3:conditions"; "remove", "up", "down", "less" or "more" of a row, "up:fit:2",
        "remove:rules:3:conditions:0"; "policy:Score", a ready-made one; "undo" puts back the row in `removed`.
        """
        verb, *path = what.split(":")
        if verb == "policy" and self.tab == "policy":
            self.values |= {key: _text(value) for key, value in READY_MADE_POLICIES.get(":".join(path), {}).items()}
        elif verb == "undo":
            self._put_back(removed)
        elif path and path[0] in self.rows:
            self._step(verb, path)

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
        for number, row in enumerate(self.rows[section]):
            try:
                parts.append(part_of(section, row))
            except FieldError as error:
                self.errors[section, number, error.key] = str(error)
        return parts

    def _step(self, verb: str, path: list[str]) -> None:
        is_one = path[-1].isdecimal()
        rows = self._list(path[:-1] if is_one else path)
        if rows is None:
            return
        if verb == "add" and not is_one and len(rows) < MOST_ROWS:
            self._add(rows, path)
        elif is_one and int(path[-1]) < len(rows):
            self._step_row(verb, rows, path[:-1], int(path[-1]))
        if len(path) > 2:
            self.opened = (path[0], int(path[1]))

    def _list(self, path: Sequence[str]) -> list[Row] | None:
        """Return the list at a path: a section, or "rules", "3", "conditions"."""
        rows: list[Row] | None = self.rows.get(path[0])
        for number, key in zip(path[1::2], path[2::2], strict=False):
            if rows is None or not number.isdecimal() or int(number) >= len(rows):
                return None
            rows = rows[int(number)].lists.get(key)
        return rows if len(path) % 2 else None

    def _add(self, rows: list[Row], path: list[str]) -> None:
        part = {**NEW_PARTS[path[-1]]}
        shape = shape_at(path)
        first = shape.specs[0].key
        if first == "name":
            part["name"] = _free_name(rows)
        rows.append(Row.of(shape, part))
        if len(path) == 1:
            self.opened = (path[0], len(rows) - 1)
        self.focus = f"id-{'-'.join(path)}-{len(rows) - 1}-{first}"

    def _step_row(self, verb: str, rows: list[Row], path: list[str], number: int) -> None:
        where = "-".join(path)
        if verb == "remove":
            self.removed = json.dumps({"path": path, "number": number, "row": rows.pop(number).plain()})
            self.focus = "undo-remove"
        elif verb in ("up", "down"):
            other = min(max(number + (1 if verb == "down" else -1), 0), len(rows) - 1)
            rows[number], rows[other] = rows[other], rows[number]
            if len(path) == 1:
                self.opened = (path[0], other)
            self.focus = f"{verb}-{where}-{other}"
        elif verb in ("less", "more"):
            points = number_of(rows[number].texts.get("points", ""))
            if isinstance(points, int | float):
                rows[number].texts["points"] = _text(points + (1 if verb == "more" else -1))

    def _put_back(self, removed: str) -> None:
        try:
            data = json.loads(removed)
            path, number = list(map(str, data["path"])), int(data["number"])
            row = Row.from_plain(shape_at(path), data["row"])
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            return  # nothing that this page made
        rows = self._list(path) if path[0] in self.rows else None
        if rows is not None and len(rows) < MOST_ROWS:
            rows.insert(max(number, 0), row)
            self.opened = (path[0], number if len(path) == 1 else int(path[1]))


def _free_name(rows: list[Row]) -> str:
    names = {row.texts["name"] for row in rows}
    return next(name for number in range(1, MOST_ROWS + 2) if (name := f"New {number}") not in names)


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return f"{value:g}" if isinstance(value, float) else str(value)
