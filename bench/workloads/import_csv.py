"""Import a CSV of leads: columns mapped, values checked, people found again; beside COPY of what comes of it."""

import csv
import gc
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.cpu import database_seconds
from bench.report import Line, middle
from bench.rounds import alternate
from leads.bulk import prepared_rows
from leads.channels.imports import jobs
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.run import run_import
from leads.models import Identifier, ImportJob, ImportState, Lead, LeadSearch, Organization, User

SIZE = 100_000
ROUNDS = 3
# One row in so many repeats an earlier one, one in so many names nobody.
REPEATS, NAMELESS = 20, 500
COMPANIES = 5_000
FIRST = ("Maja", "Erik", "Sara", "Jonas", "Amara", "Noah", "Leila", "Tomasz", "Sofia", "Zoë", "Åsa")
LAST = ("Lindqvist", "Haugen", "Ekdahl", "Brandt", "Okafor", "Visser", "Ricci", "Nyberg", "Kjær", "Carrasco")
TITLES = ("Office manager", "Owner", "Head of operations, EMEA", "Student", "Managing director")
HEADINGS = ("First Name", "Last Name", "Email", "Phone Number", "Job Title", "Company name", "Country/Region",
            "Lead Status", "Create Date")  # fmt: skip
TABLES = (Organization, Lead, LeadSearch, Identifier)
LIMIT = "COPY of the leads, search texts, identifiers and organizations that come of it, into the same indexed tables"
LIMIT_EMBEDDED = LIMIT.replace("COPY", "bulk INSERT")


def run(size: int) -> None:
    """Measure and print."""
    user = User.objects.create(username="bench")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        write_file(path, size)
        _import(path, user)
        rows = {model: _stored(model) for model in TABLES}
        began = time.perf_counter()
        ours, limit = alternate(lambda _: _import(path, user), lambda _: _copy(rows, size), ROUNDS)
    rate, limit_rate = middle([rate for rate, _, _ in ours]), middle(limit)
    line = Line(
        "import_csv",
        size,
        time.perf_counter() - began,
        rate,
        None,
        None,
        limit_rate,
        rate / limit_rate,
        f"rows/s of one process: {len(HEADINGS)} columns, one row of {REPEATS} repeats another, {COMPANIES} companies, "
        f"an e-mail address and a phone number each; limit: "
        f"{LIMIT if connection.vendor == 'postgresql' else LIMIT_EMBEDDED}",
        {
            "python_us_a_row": round(1e6 * middle([python for _, python, _ in ours]) / size),
            "database_us_a_row": round(1e6 * middle([database for _, _, database in ours]) / size),
        },
    )
    line.print()


def write_file(path: Path, size: int) -> None:
    """Write a file of leads, the same every time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(size):
            person = number // 2 if number % REPEATS == REPEATS - 1 else number
            known = number % NAMELESS != NAMELESS - 1
            writer.writerow((
                FIRST[person % len(FIRST)],
                f"{LAST[person % len(LAST)]} {person % 900}",
                f"person{person}@company{person % COMPANIES}.example" if known else "",
                f"+4670{person % 10_000_000:07d}" if known else "",
                TITLES[person % len(TITLES)],
                f"Company {person % COMPANIES} AB",
                "Sweden",
                "Open",
                f"2025-{1 + person % 12:02d}-{1 + person % 28:02d}",
            ))  # fmt: skip


def _import(path: Path, user: User) -> tuple[float, float, float]:
    """Import the file into empty tables; return rows a second, and seconds of CPU here and in the database."""
    _empty()
    with path.open("rb") as file:
        job = jobs.take_file(file, name=path.name, size=path.stat().st_size, by=user, now=timezone.now())
    jobs.choose_columns(job, choice_of(job), now=timezone.now())
    # The dry run is not what is measured.
    ImportJob.objects.filter(pk=job.pk).update(state=ImportState.CHECKED)
    jobs.start(job, by=user, now=timezone.now())
    gc.collect()
    python, database, began = time.process_time(), database_seconds(), time.perf_counter()
    run_import(job.pk, clock=timezone.now)
    seconds = time.perf_counter() - began
    python, database = time.process_time() - python, database_seconds() - database
    job.refresh_from_db()
    _expect_all(job)
    return job.total / seconds, python, database


def _expect_all(job: ImportJob) -> None:
    counted = {name: job.result[name] for name in ("new", "updated", "unchanged", "duplicate", "refused")}
    if job.state != ImportState.DONE or sum(counted.values()) != job.total or counted["new"] != Lead.objects.count():
        raise SystemExit(f"Every row must be stored or refused: {job.total} rows, {counted}, {job.problem}")


def _stored(model: type[Any]) -> tuple[tuple[str, ...], list[Sequence[Any]]]:
    names = tuple(column.attname for column in model._meta.concrete_fields)
    return names, list(model.objects.order_by("pk").values_list(*names))


def _copy(rows: dict[type[Any], tuple[tuple[str, ...], list[Sequence[Any]]]], size: int) -> float:
    """Write the same rows straight into the empty tables; return rows of the file a second."""
    _empty()
    # Ready to be sent before the clock starts, as the database's own work is the limit.
    prepared = [prepared_rows(model, *content) for model, content in rows.items()]
    gc.collect()
    began = time.perf_counter()
    with transaction.atomic():
        for write in prepared:
            write()
    return size / (time.perf_counter() - began)


def _empty() -> None:
    tables = ", ".join(model._meta.db_table for model in (Lead, Organization, Identifier, ImportJob))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {tables} CASCADE")
        else:
            for model in (ImportJob, LeadSearch, Identifier, Lead, Organization):
                model.objects.all().delete()
