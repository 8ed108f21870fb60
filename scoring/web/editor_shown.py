"""What the rule editor's templates draw: rows, fields and lists with their names, errors and words of help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.events.catalog import channel_of
from leads.templatetags.wording import short_points
from scoring.rules.diff import Change
from scoring.rules.lines import FLAG_OPS
from scoring.rules.words import OP_WORDS, condition_words
from scoring.web.editor_fields import LIMIT_SPECS, POINTS, SHAPES, Shape, Spec, number_of, read_kind
from scoring.web.editor_form import EditorForm
from scoring.web.editor_policy import GROUPS, with_choices
from scoring.web.editor_rows import Row
from scoring.web.editor_words import EMPTY, HELP, LIST_ADD, LIST_HELP, LIST_LABELS
from scoring.web.figures import name_key

SECTION_LABELS = {"rules": "Behaviour", "fit": "Fit", "personas": "Personas", "journeys": "Journeys"}
ADD_LABELS = {"rules": "Add rule", "fit": "Add fit rule", "personas": "Add persona", "journeys": "Add journey"}
# What a section's points sum to at most stands in its head.
LIMITS = dict(zip(("rules", "fit"), LIMIT_SPECS, strict=True))
Errors = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field as a template draws it."""

    spec: Spec
    name: str
    value: str
    error: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class ListShown:
    """A list within a row. place: what its buttons call it; prefix: of the names of its fields."""

    label: str
    add: str
    help: str
    place: str
    prefix: str
    error: str
    lines: list["LineShown"]


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a list: a condition, a criterion or a step."""

    place: str
    prefix: str
    fields: list[FieldShown]
    lists: list[ListShown]


@dataclass(frozen=True, slots=True)
class RowShown:
    """One rule, persona or journey. key: of its figures; was: what it changes against the live version, in words."""

    section: str
    number: int
    key: str
    texts: dict[str, str]
    summary: str
    fields: list[FieldShown]
    lists: list[ListShown]
    was: list[str]
    was_points: float | None
    channel: str
    is_open: bool


def section_shown(
    form: EditorForm, section: str, before: Mapping[str, Any] | None, found: Sequence[Change]
) -> dict[str, Any]:
    """Return a section; before: the live version, found: what the version at hand changes against it."""
    live_points = {part["name"]: part.get("points") for part in before[section]} if before else {}
    mine = [change for change in found if change.section == section]
    rows = [_row(form, section, number, mine, live_points) for number in range(len(form.rows[section]))]
    removed = [change for change in mine if change.what.endswith("removed")]
    return {
        "key": section,
        "label": SECTION_LABELS[section],
        "add": ADD_LABELS[section],
        "rows": rows,
        "gone": [change for change in removed if change.name not in {row.texts["name"] for row in rows}],
        "empty": EMPTY[section],
        "has_points": section in ("rules", "fit"),
        "limit": _value(form, LIMITS[section], "") if section in LIMITS else None,
    }


def policy_shown(form: EditorForm, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of the policy by group."""
    return [
        {
            "title": group.title,
            "fields": [
                _value(form, with_choices(spec, definition, form.values.get(spec.key, "")), "policy")
                for spec in group.specs
            ],
        }
        for group in GROUPS
    ]


def _value(form: EditorForm, spec: Spec, place: str) -> FieldShown:
    error = form.errors.get((place, None, spec.key), "")
    return FieldShown(spec, spec.key, form.values.get(spec.key, ""), error, HELP.get(spec.key, ""))


def _row(
    form: EditorForm,
    section: str,
    number: int,
    found: Sequence[Change],
    live_points: Mapping[str, float | None],
) -> RowShown:
    row, shape, prefix = form.rows[section][number], SHAPES[section], f"{section}-{number}"
    errors = {key: said for (place, at, key), said in form.errors.items() if (place, at) == (section, number)}
    was = [change.what for change in found if change.name == row.texts["name"]]
    has_other_points = any(what.startswith("points ") for what in was)
    return RowShown(
        section=section,
        number=number,
        key=_key(form, section, number),
        texts=row.texts,
        summary=_summary(section, row),
        fields=_fields(shape, row, prefix, errors, ""),
        lists=_lists(shape, row, prefix, errors, ""),
        was=was,
        was_points=live_points.get(row.texts["name"]) if has_other_points else None,
        channel=channel_of(read_kind(row.texts["kind"])) if section == "rules" else "",
        is_open=bool(errors) or form.opened == (section, number),
    )


def _fields(shape: Shape, row: Row, prefix: str, errors: Errors, place: str) -> list[FieldShown]:
    return [
        FieldShown(
            spec,
            f"{prefix}-{spec.key}",
            _signed(row.texts.get(spec.key, "")) if spec is POINTS else row.texts.get(spec.key, ""),
            errors.get(f"{place}{spec.key}", ""),
            "" if place else HELP.get(spec.key, ""),
        )
        for spec in shape.specs
    ]


def _signed(text: str) -> str:
    """Write points with their sign, as in +15 and −3; what is no number stays as it was typed."""
    points = number_of(text)
    return (short_points(points) or "0") if isinstance(points, int | float) else text


def _lists(shape: Shape, row: Row, prefix: str, errors: Errors, place: str) -> list[ListShown]:
    return [
        ListShown(
            label=LIST_LABELS[key],
            add=LIST_ADD[key],
            help=LIST_HELP[key],
            place=f"{prefix}-{key}".replace("-", ":"),
            prefix=f"{prefix}-{key}",
            error=errors.get(f"{place}{key}", ""),
            lines=[
                _line(inner, one, f"{prefix}-{key}-{number}", errors, f"{place}{key}[{number}].")
                for number, one in enumerate(row.lists[key])
            ],
        )
        for key, inner in shape.lists.items()
    ]


def _line(shape: Shape, row: Row, prefix: str, errors: Errors, place: str) -> LineShown:
    return LineShown(
        place=prefix.replace("-", ":"),
        prefix=prefix,
        fields=_fields(shape, row, prefix, errors, place),
        lists=_lists(shape, row, prefix, errors, place),
    )


def _summary(section: str, row: Row) -> str:
    """Say in a line what a closed row holds."""
    if section == "fit":
        return _fit_summary(row.texts)
    if section == "personas":
        return ", ".join(line.texts["name"] for line in row.lists["criteria"])
    if section == "journeys":
        steps = " → ".join(line.texts["name"] for line in row.lists["steps"])
        return f"{steps}, within {row.texts['window_days']} days"
    return ""


def _fit_summary(texts: Mapping[str, str]) -> str:
    op, value = texts["op"], texts["value"]
    if op not in OP_WORDS:
        return ""
    is_flag = op in FLAG_OPS
    return condition_words({"field": texts["field"], "op": op, "value": value != "no" if is_flag else value})


def _key(form: EditorForm, section: str, number: int) -> str:
    """Return what a row's figures are found by; two rows of one name can't be saved, and the second has none."""
    names = [row.texts["name"] for row in form.rows[section]]
    key = name_key(names[number])
    return f"{key}-{number}" if names[number] in names[:number] else key
