"""The actions on imports: upload, map columns, check, run, stop, continue, undo."""

import io
import secrets
from datetime import datetime
from itertools import islice
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from leads.audit.record import record_audit
from leads.channels.imports.dialect import LOOKED_AT, delimiter_of, encoding_of
from leads.channels.imports.mapping import Choice, choice_for, remember
from leads.channels.imports.outcome import no_counts
from leads.channels.imports.sheet import MOST_COLUMNS, Format, SheetRefused, headings_of, leads_of, rows_of
from leads.channels.imports.workbook import WRITTEN_AS, is_workbook, write_as_text
from leads.errors import LeadError
from leads.models import ImportJob, ImportState, User

FOLDER = "imports"
LARGEST = 300_000_000  # bytes
SHOWN_ROWS = 20
LONGEST_SHOWN = 200
IN_MEMORY = 5_000_000  # bytes


class NotNow(LeadError):
    """The action is not possible in the import's current state."""


def take_file(file: BinaryIO, *, name: str, size: int, by: User, now: datetime) -> ImportJob:
    """Store a file of leads as an import that waits for its columns. Raises SheetRefused; nothing is stored then."""
    if size > LARGEST:
        raise SheetRefused(
            f"The file has {size / 1_000_000:,.1f} MB; at most {LARGEST // 1_000_000} MB are taken. Split it."
        )
    file.seek(0)
    if is_workbook(file.read(8)):
        with SpooledTemporaryFile(max_size=IN_MEMORY) as written:
            text = io.TextIOWrapper(written, encoding=WRITTEN_AS.encoding, newline="", write_through=True)
            write_as_text(file, text)
            text.detach()
            return _keep(cast(BinaryIO, written), WRITTEN_AS, name=name, by=by, now=now)
    return _keep(file, _format(file), name=name, by=by, now=now)


def _format(file: BinaryIO) -> Format:
    encoding = encoding_of(file)
    file.seek(0)
    start = file.read(LOOKED_AT).decode(encoding, errors="ignore").replace("\0", "")
    return Format(encoding, delimiter_of(start))


def _keep(file: BinaryIO, how: Format, *, name: str, by: User, now: datetime) -> ImportJob:
    """Read the whole file once, so that errors are reported at once, and store it."""
    headings, first_rows, total = _survey(file, how)
    choice = choice_for(headings, first_rows)
    file.seek(0)
    stored = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.csv", File(file))
    job = ImportJob(
        name=PurePath(name.replace("\\", "/")).name[-200:] or "leads.csv",
        file=stored,
        headings=headings,
        first_rows=first_rows,
        total=total,
        check_counts=no_counts(),
        result=no_counts(),
        created_by=by,
        created_at=now,
        **how._asdict(),
        **choice._asdict(),
    )
    with transaction.atomic():
        job.save()
        record_audit("import begun", f"import {job.pk}: {total} rows", by=by, now=now)
    return job


def _survey(file: BinaryIO, how: Format) -> tuple[list[str], list[list[str]], int]:
    """Return the headings, some rows and the number of rows. Raises SheetRefused."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=how.encoding, newline="")
    try:
        first = next(rows_of(text, how), None)
        if first is None:
            raise SheetRefused("The file is empty.")
        if len(first.cells) > MOST_COLUMNS:
            raise SheetRefused(f"The file has {len(first.cells):,} columns; at most {MOST_COLUMNS:,} are taken.")
        text.seek(0)
        rows = leads_of(rows_of(text, how))
        shown = [[cell.strip()[:LONGEST_SHOWN] for cell in row.cells] for row in islice(rows, SHOWN_ROWS)]
        total = len(shown) + sum(1 for _ in rows)
    except UnicodeError as error:
        raise SheetRefused(f"The file is not text in one encoding: {error}.") from error
    finally:
        text.detach()
    if not total:
        raise SheetRefused("The file has headings and no row below them.")
    return headings_of(first.cells), shown, total


def choose_columns(job: ImportJob, choice: Choice, *, now: datetime) -> None:
    """Set how the file is read, remember it for similar files, and start the check. Raises InvalidValue."""
    choice.check(job.headings)
    with transaction.atomic():
        _move(job, (ImportState.MAPPING, ImportState.CHECKED, ImportState.CHECKING), ImportState.CHECKING, now=None,
              checked_to=0, check_counts=no_counts(), **choice._asdict())  # fmt: skip
        remember(job.headings, choice, now=now)


def start(job: ImportJob, *, by: User, now: datetime) -> None:
    """Run a checked import."""
    with transaction.atomic():
        _move(job, (ImportState.CHECKED,), ImportState.RUNNING, now=None, started_at=now)
        record_audit("import run", f"import {job.pk}: {job.total} rows", by=by, now=now)


def stop(job: ImportJob, *, now: datetime) -> None:
    """Stop a running import after the current chunk; what is stored stays."""
    _move(job, (ImportState.RUNNING,), ImportState.STOPPED, now=now, finished_at=now)


def go_on(job: ImportJob, *, now: datetime) -> None:
    """Continue an import that was stopped or failed."""
    if job.started_at is None:
        raise NotNow("This import has not begun; choose the file again.")
    _move(job, (ImportState.STOPPED, ImportState.FAILED), ImportState.RUNNING, now=None, finished_at=None, problem="")


def begin_undo(job: ImportJob, *, by: User, now: datetime) -> None:
    """Start undoing an import."""
    if job.started_at is None:
        raise NotNow("This import has stored nothing.")
    with transaction.atomic():
        _move(job, (ImportState.DONE, ImportState.STOPPED, ImportState.FAILED), ImportState.UNDOING, now=None, undo={})
        record_audit("import undone", f"import {job.pk}", by=by, now=now)


def discard(job: ImportJob, *, by: User, now: datetime) -> None:
    """Delete an import that has stored nothing, with its file."""
    unborn = (ImportState.MAPPING, ImportState.CHECKING, ImportState.CHECKED, ImportState.FAILED)
    with transaction.atomic():
        deleted, _ = ImportJob.objects.filter(pk=job.pk, state__in=unborn, started_at=None).delete()
        if not deleted:
            raise NotNow("This import has stored leads already; undo it instead.")
        record_audit("import discarded", f"import {job.pk}", by=by, now=now)
        transaction.on_commit(lambda: default_storage.delete(job.file) if job.file else None)


def _move(
    job: ImportJob, expected: tuple[ImportState, ...], to: ImportState, *, now: datetime | None, **fields: object
) -> None:
    """Change a job's state; a second simultaneous caller is told its current state.

    now: time of the last work on it.
    """
    changes = {"state": to, "heartbeat_at": now, **fields}
    if not ImportJob.objects.filter(pk=job.pk, state__in=expected).update(**changes):
        job.refresh_from_db()
        raise NotNow(f"This import is {job.get_state_display().lower()}.")
    for name, value in changes.items():
        setattr(job, name, value)


def is_readable(job: ImportJob) -> bool:
    """Return whether the file still exists."""
    return bool(job.file) and default_storage.exists(job.file)
