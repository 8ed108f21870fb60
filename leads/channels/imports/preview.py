"""The first rows of a file as they would be stored, for the mapping screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.channels.imports.chunks import owners_by_name
from leads.channels.imports.mapping import Choice
from leads.channels.imports.read_row import Draft, Refusal, RowReader
from leads.channels.imports.sheet import Row
from leads.channels.imports.sources import IMPORT
from leads.channels.imports.targets import label_of_target
from leads.events.catalog import label_of
from leads.events.channels import channel_label
from leads.models import ImportJob

SHOWN = 5
_ORDER = ("first_name", "last_name", "email", "phone", "title", "country")


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it would be stored. cells: a value for each column of the preview. problem: why it would be refused."""

    cells: Sequence[str]
    problem: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows under the names of what is stored of them."""

    headings: Sequence[str]
    rows: Sequence[PreviewRow]


def preview(job: ImportJob, choice: Choice, *, now: datetime) -> Preview:
    """Read the first rows with a valid choice."""
    owners = owners_by_name()
    names = {pk: name for name, pk in owners.items()}
    reader = RowReader(job.headings, choice, owners, now=now)
    read = [reader.read(number, Row(number, cells)) for number, cells in enumerate(job.first_rows[:SHOWN], 1)]
    values = [_values(one, names) if isinstance(one, Draft) else {} for one in read]
    keys = list(dict.fromkeys(key for row in values for key in row))
    keys.sort(key=lambda key: _ORDER.index(key) if key in _ORDER else len(_ORDER))
    rows = [_row(one, row, keys) for one, row in zip(read, values, strict=True)]
    return Preview([_label(key) for key in keys], rows)


def _row(read: Draft | Refusal, values: Mapping[str, str], keys: Sequence[str]) -> PreviewRow:
    if isinstance(read, Refusal):
        return PreviewRow([""] * len(keys), read.text, ())
    return PreviewRow([values.get(key, "") for key in keys], "", [note.text for note in read.notes])


def _values(draft: Draft, owners: Mapping[int, str]) -> dict[str, str]:
    also = {kind: ", ".join(value for other, value in draft.also if other == kind) for kind in ("email", "phone")}
    values = {name: str(value) for name, value in draft.lead.items()}
    for kind, others in also.items():
        if others:
            values[kind] = f"{values[kind]}, {others}"
    values |= {f"company.{name}": str(value) for name, value in draft.company.items()}
    values |= {f"event.{kind}": f"{label_of(kind)}, {at:%Y-%m-%d}" for kind, at in draft.events}
    values |= {f"{word.state}.{word.channel}": word.wording for word in draft.consents}
    values["source"] = channel_label(draft.source or IMPORT)
    if draft.user_id:
        values["user_id"] = draft.user_id
    if draft.owner_id:
        values["owner"] = owners[draft.owner_id].title()
    if draft.created_at:
        values["created_at"] = f"{draft.created_at:%Y-%m-%d}"
    return values


def _label(key: str) -> str:
    return label_of_target(key) or key.replace(".", " ").replace("_", " ").capitalize()
