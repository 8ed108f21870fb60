"""Read an import's file chunk by chunk, as drafts and refusals."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice

from leads.channels.imports.mapping import choice_of
from leads.channels.imports.read_row import Draft, Refusal, RowReader
from leads.channels.imports.sheet import Format, leads_of, opened
from leads.models import ImportJob, Role, User

CHUNK = 4_000

Read = Draft | Refusal


def format_of(job: ImportJob) -> Format:
    """Return the format of a job's file."""
    return Format(job.encoding, job.delimiter, job.is_workbook)


def reader_of(job: ImportJob, *, now: datetime) -> RowReader:
    """Return the reader for the rows of a job."""
    return RowReader(job.headings, choice_of(job), owners_by_name(), now=now)


def read_chunks(job: ImportJob, *, skip: int = 0, now: datetime) -> Iterator[list[Read]]:
    """Read the rows after the first `skip`, 4,000 at a time, each chunk while the previous one is processed.

    Raises SheetRefused.
    """
    reader = reader_of(job, now=now)
    with opened(job.file, format_of(job)) as rows, ThreadPoolExecutor(max_workers=1) as ahead:
        numbered = enumerate(leads_of(rows), 1)

        def read() -> list[Read]:
            return [reader.read(number, row) for number, row in islice(numbered, CHUNK)]

        next(islice(numbered, skip, skip), None)
        # Storing mostly waits for the database, so a thread reads ahead.
        coming = ahead.submit(read)
        while chunk := coming.result():
            coming = ahead.submit(read)
            yield chunk


def owners_by_name() -> dict[str, int]:
    """Return the ids of possible owners, by user name, e-mail address and full name in lower case."""
    users = User.objects.filter(role__in=(Role.SALES, Role.MANAGER, Role.ADMIN), is_active=True).order_by("-pk")
    named = {user.get_full_name().lower(): user.pk for user in users}
    named |= {user.email.lower(): user.pk for user in users}
    named |= {user.username.lower(): user.pk for user in users}
    named.pop("", None)
    return named
