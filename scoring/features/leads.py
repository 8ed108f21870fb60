"""Leads as scoring reads them: their state, and the attributes that rules look at; one query a batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from leads.rows import fetch, is_within, posix_seconds
from scoring.engine.batch import Floats, Ints

_ATTRIBUTE = "attributes."

# Field of a condition -> where it is stored.
_COLUMNS = {
    **{f: f"lead.{f}" for f in ("email", "phone", "kind", "first_name", "last_name", "title", "source", "country")},
    "email_domain": "lead.email",
    "organization.name": "organization.name",
    "organization.domain": "organization.domain",
    "organization.industry": "organization.industry",
    "organization.employee_count": "organization.employee_count",
    "organization.country": "organization.country",
}
_TIMES = ("claimed_at", "scored_at", "score_due_at", "recycled_at", "retry_on", "disqualified_at")
_STATE = ("id", "facts_version", "stage", *_TIMES, "decided_version", "score", "fit", "behaviour", "persona")


@dataclass(frozen=True, slots=True, eq=False)
class LeadRows:
    """n leads as read, in id order. Times are POSIX seconds, nan where there is none, as for other unknown numbers.

    facts_version is as old as everything else.
    attributes: field -> its value for each lead.
    """

    id: Ints
    facts_version: Ints
    stage: Sequence[str]
    claimed_at: Floats
    scored_at: Floats
    score_due_at: Floats
    recycled_at: Floats
    retry_on: Floats
    disqualified_at: Floats
    decided_version: Floats
    score: Floats
    fit: Floats
    behaviour: Floats
    persona: Sequence[str]
    attributes: Mapping[str, Sequence[object]]

    def __len__(self) -> int:
        return len(self.id)


def read_leads(lead_ids: Sequence[int], fields: Collection[str], *, with_merged: bool = False) -> LeadRows:
    """Read leads with the fields that rules look at; those merged into others are left out unless asked for."""
    state = [posix_seconds(f"lead.{name}") if name in _TIMES else f"lead.{name}" for name in _STATE]
    columns = sorted({_column(field) for field in fields})
    condition, parameters = is_within("lead.id", sorted(lead_ids))
    sql = f"""
        SELECT {", ".join([*state, *columns])}
        FROM leads_lead lead
        LEFT JOIN leads_organization organization ON organization.id = lead.organization_id
        WHERE {condition} {"" if with_merged else "AND lead.merged_into_id IS NULL"} ORDER BY lead.id
    """  # noqa: S608 - names of our own
    wanted = set(lead_ids)
    rows = [row for row in fetch(sql, parameters) if row[0] in wanted]
    width = len(_STATE) + len(columns)
    read: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * width
    state_values = dict(zip(_STATE, read, strict=False))
    stored = dict(zip(columns, read[len(_STATE) :], strict=True))
    return LeadRows(
        id=np.array(state_values.pop("id"), np.int64),
        facts_version=np.array(state_values.pop("facts_version"), np.int64),
        stage=state_values.pop("stage"),
        persona=state_values.pop("persona"),
        attributes=_attributes(fields, stored),
        **{name: np.array(values, np.float64) for name, values in state_values.items()},
    )


def _column(field: str) -> str:
    return "lead.attributes" if field.startswith(_ATTRIBUTE) else _COLUMNS[field]


def _attributes(fields: Collection[str], stored: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[object]]:
    documents = [orjson.loads(text) for text in stored.get("lead.attributes", ())]
    return {field: _values(field, stored, documents) for field in fields}


def _values(field: str, stored: Mapping[str, Sequence[Any]], documents: list[dict[str, object]]) -> Sequence[object]:
    if field.startswith(_ATTRIBUTE):
        name = field.removeprefix(_ATTRIBUTE)
        return [document.get(name) for document in documents]
    values = stored[_COLUMNS[field]]
    return [email.rpartition("@")[2] for email in values] if field == "email_domain" else values
