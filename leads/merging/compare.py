"""Compare two leads side by side before a merge."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.merging.outcome import Choices, merged_profile, trait_names
from leads.models import Event, Identifier, IdentifierKind, Lead, Organization
from leads.people.keyset import capped_count
from leads.people.profile import trait_of
from leads.people.traits import ATTRIBUTE

IDENTIFIERS_SHOWN = 8
LABELS = {
    "email": "E-mail",
    "phone": "Phone",
    "first_name": "First name",
    "last_name": "Last name",
    "title": "Title",
    "country": "Country",
    "organization": "Company",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One lead's value of a field, as text, and whether the merged lead would keep it."""

    lead_id: int
    text: str
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field of both leads. differs: the values differ, so a user may choose."""

    name: str
    label: str
    cells: tuple[Cell, Cell]
    differs: bool


@dataclass(frozen=True, slots=True)
class Side:
    """What is shown of a lead above its fields. identifiers: a few (kind, value) pairs, without anonymous ids."""

    lead: Lead
    identifiers: Sequence[tuple[str, str]]
    browsers: int
    events: int
    is_survivor: bool


def compare_fields(pair: tuple[Lead, Lead], survivor: Lead, choices: Choices, *, now: datetime) -> list[Field]:
    """Return the fields that either lead has, with the value a merge would keep. choices: those of the user."""
    first, second = pair
    absorbed = second if survivor.pk == first.pk else first
    outcome, _ = merged_profile(survivor, absorbed, choices, now=now)
    merge = _Merge(pair, survivor, absorbed, outcome, choices, _companies(pair))
    fields = [merge.field(name) for name in trait_names(first, second)]
    return [field for field in fields if any(cell.text for cell in field.cells)]


def compare_sides(pair: tuple[Lead, Lead], survivor: Lead) -> list[Side]:
    """Return the other data of both leads; three queries."""
    held: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for identifier in Identifier.objects.filter(lead__in=pair).order_by("pk"):
        held[identifier.lead_id or 0].append((identifier.kind, identifier.value))
    return [_side(lead, held[lead.pk], lead.pk == survivor.pk) for lead in pair]


def _side(lead: Lead, held: Sequence[tuple[str, str]], is_survivor: bool) -> Side:
    shown = [(IdentifierKind(kind).label, value) for kind, value in held if kind != IdentifierKind.ANONYMOUS_ID]
    browsers = len(held) - len(shown)
    return Side(lead, shown[:IDENTIFIERS_SHOWN], browsers, capped_count(Event.objects.filter(lead=lead)), is_survivor)


@dataclass(frozen=True, slots=True)
class _Merge:
    """The merge whose fields are shown. outcome: the survivor as it would leave it; companies: names by id."""

    pair: tuple[Lead, Lead]
    survivor: Lead
    absorbed: Lead
    outcome: Lead
    choices: Choices
    companies: Mapping[int, str]

    def field(self, name: str) -> Field:
        """Return a field of both leads."""
        values = [trait_of(lead, name) for lead in self.pair]
        kept = self._kept(name)
        first, second = (
            Cell(lead.pk, self._text(name, value), lead.pk == kept.pk)
            for lead, value in zip(self.pair, values, strict=True)
        )
        label = LABELS.get(name, name.removeprefix(ATTRIBUTE))
        return Field(name, label, (first, second), differs=values[0] != values[1] and first.text != second.text)

    def _kept(self, name: str) -> Lead:
        """Return the lead whose value the merged lead would have."""
        if name in self.choices:
            return self.survivor if self.choices[name] == "survivor" else self.absorbed
        is_survivors = trait_of(self.outcome, name) == trait_of(self.survivor, name)
        return self.survivor if is_survivors else self.absorbed

    def _text(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        return self.companies.get(value, "") if name == "organization" else str(value)


def _companies(pair: tuple[Lead, Lead]) -> dict[int, str]:
    ids = [lead.organization_id for lead in pair if lead.organization_id]
    return dict(Organization.objects.filter(pk__in=ids).values_list("pk", "name"))
