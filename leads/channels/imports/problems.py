"""The rows that were refused or stored in part, with the reasons. They are read from the file again, not stored."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from leads.channels.imports.chunks import format_of, reader_of
from leads.channels.imports.read_row import Refusal
from leads.channels.imports.sheet import leads_of, opened
from leads.models import ImportJob
from leads.reports.lead_sheet import safe_cell

REFUSED, IN_PART = "refused", "stored without it"


class _Line:
    """A file of one line at a time, for the csv module to write into."""

    def write(self, text: str) -> str:
        return text


def problem_lines(job: ImportJob, *, now: datetime) -> Iterator[str]:
    """Yield a CSV of the rows with problems: line, outcome, reason, and the original row.

    Raises SheetRefused if the file is gone.
    """
    writer: Any = csv.writer(_Line())
    reader = reader_of(job, now=now)
    # Excel recognises UTF-8 only by this BOM.
    yield "\ufeff" + writer.writerow(["Line", "Outcome", "Reason", *map(safe_cell, job.headings)])
    with opened(job.file, format_of(job)) as rows:
        for number, row in enumerate(leads_of(rows), 1):
            read = reader.read(number, row)
            if isinstance(read, Refusal):
                yield writer.writerow([row.line, REFUSED, safe_cell(read.text), *map(safe_cell, row.cells)])
            elif read.notes:
                reasons = " ".join(note.text for note in read.notes)
                yield writer.writerow([row.line, IN_PART, safe_cell(reasons), *map(safe_cell, row.cells)])
