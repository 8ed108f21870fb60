"""Insert the new leads of a file, complete and once: one row per lead in each table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.bulk import Json, write_rows
from leads.channels.imports.read_row import Draft
from leads.channels.imports.sources import IMPORT
from leads.models import Lead, LeadSearch
from leads.people.traits import ATTRIBUTE, LEAD_COLUMNS, Traits
from leads.rows import JSON

_COLUMNS = tuple(LEAD_COLUMNS)
# Columns that differ between leads; the others have their defaults.
_OWN = ("id", *_COLUMNS, "organization_id", "attributes", "attribute_times", "source", "owner_id", "created_at",
        "last_event_at", "stage_changed_at")  # fmt: skip
_NO_ATTRIBUTES = Json("{}")
_SEARCHED = ("first_name", "last_name", "email", "phone")


@dataclass(slots=True)
class NewLead:
    """A new lead of a file. created_at: since when it is known, None for now."""

    traits: Traits
    source: str
    owner_id: int | None
    created_at: datetime | None

    def add(self, traits: Traits, draft: Draft, *, overwrites: bool) -> None:
        """Add the values of a further row of the same lead."""
        # A copy, since the dictionary may be the draft's.
        self.traits = {**self.traits, **traits} if overwrites else {**traits, **self.traits}
        if overwrites:
            self.source, self.owner_id = draft.source or self.source, draft.owner_id or self.owner_id
        else:
            self.source, self.owner_id = self.source or draft.source, self.owner_id or draft.owner_id
        known_since = [moment for moment in (self.created_at, draft.created_at) if moment]
        self.created_at = min(known_since, default=None)


def write_new_leads(new: Mapping[int, NewLead], companies: Mapping[int, str], *, said: str, now: datetime) -> None:
    """Insert leads with these ids, due for scoring, and their search texts; two statements.

    said: the time key of the file.
    """
    if not new:
        return
    blank = Lead(score_due_at=now)
    names = (column.attname for column in Lead._meta.concrete_fields)
    usual = {name: _plain(getattr(blank, name)) for name in names if name not in _OWN}
    shapes = _Shapes(said)
    write_rows(Lead, _OWN, [_row(pk, one, shapes, now) for pk, one in new.items()], **usual)
    texts = [(pk, _search_text(one.traits, companies)) for pk, one in new.items()]
    write_rows(LeadSearch, ("lead_id", "text"), texts, is_compared=False)


def _row(pk: int, one: NewLead, shapes: "_Shapes", now: datetime) -> Sequence[Any]:
    traits = one.traits
    value = traits.get
    times, attributes = shapes.of(traits)
    since = min(one.created_at, now) if one.created_at else now
    return (
        pk,
        *[value(name, "") for name in _COLUMNS],
        value("organization"),
        {name: traits[key] for key, name in attributes} if attributes else _NO_ATTRIBUTES,
        times,
        one.source or IMPORT,
        one.owner_id,
        since,
        since,
        since,
    )


def _plain(value: object) -> object:
    """Return a choice's value as a plain str."""
    return str(value) if isinstance(value, str) else value


class _Shapes:
    """What leads with the same traits have in common: the JSON of their time keys, and which traits are attributes."""

    def __init__(self, said: str) -> None:
        self._said = said
        self._known: dict[tuple[str, ...], tuple[Json, list[tuple[str, str]]]] = {}

    def of(self, traits: Traits) -> tuple[Json, list[tuple[str, str]]]:
        names = tuple(traits)
        shape = self._known.get(names)
        if shape is None:
            times = Json(JSON(dict.fromkeys((*names, "source"), self._said)))
            attributes = [(name, name.removeprefix(ATTRIBUTE)) for name in names if name.startswith(ATTRIBUTE)]
            shape = self._known[names] = times, attributes
        return shape


def _search_text(traits: Traits, companies: Mapping[int, str]) -> str:
    words = [traits.get(name) for name in _SEARCHED]
    words.append(companies.get(traits.get("organization", 0)))
    return " ".join(filter(None, words)).lower()
