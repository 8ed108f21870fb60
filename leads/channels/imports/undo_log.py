"""Store what is needed to undo a chunk of an import."""

from collections.abc import Mapping
from typing import Protocol

from leads.bulk import Json, write_rows
from leads.models import ImportedLead, ImportJob
from leads.rows import update_rows

NO_VALUES, NO_IDS = Json("{}"), Json("[]")
COLUMNS = ("lead_id", "row", "is_new", "before", "identifiers")


class Touch(Protocol):
    """What a chunk did to a lead; see leads.channels.imports.store."""

    row: int
    is_new: bool
    is_first_time: bool
    before: dict[str, list[object]]
    identifiers: list[int]


def write_undo_log(job: ImportJob, touched: Mapping[int, Touch]) -> None:
    """Store what a chunk did to each lead; for values changed by an earlier chunk too, the first record stays."""
    first = [(lead_id, one) for lead_id, one in touched.items() if one.is_first_time]
    rows = [(pk, one.row, one.is_new, one.before or NO_VALUES, one.identifiers or NO_IDS) for pk, one in first]
    write_rows(ImportedLead, COLUMNS, rows, job_id=job.pk, kept_because="")
    again = {
        lead_id: one for lead_id, one in touched.items() if not one.is_first_time and (one.before or one.identifiers)
    }
    if again:
        logged = ImportedLead.objects.filter(job=job, lead_id__in=again, is_new=False)
        update_rows("leads_importedlead", [_with(entry, again[entry.lead_id]) for entry in logged],
                    before="jsonb", identifiers="jsonb")  # fmt: skip


def _with(entry: ImportedLead, one: Touch) -> dict[str, object]:
    return {
        "id": entry.pk,
        "before": {**one.before, **entry.before},
        "identifiers": [*entry.identifiers, *one.identifiers],
    }
