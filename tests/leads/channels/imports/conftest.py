"""Files of leads as other systems write them, and an import taken from the file to its end."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from leads.channels.imports import jobs
from leads.channels.imports.check import check_import
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.run import run_import
from leads.models import ImportJob
from tests.make import NOON


@pytest.fixture
def take(marketer) -> Callable[..., ImportJob]:
    """Return what keeps a file, given as text or bytes, as a marketer would choose it."""

    def take_file(content: str | bytes, name: str = "leads.csv", encoding: str = "utf-8") -> ImportJob:
        content = content.encode(encoding) if isinstance(content, str) else content
        return jobs.take_file(io.BytesIO(content), name=name, size=len(content), by=marketer, now=NOON)

    return take_file


@pytest.fixture
def import_file(take, marketer) -> Callable[..., ImportJob]:
    """Return what checks and runs a file as guessed, or as some fields of the choice say; a minute after NOON."""

    def run_file(content: str | bytes, name: str = "leads.csv", **choice) -> ImportJob:
        job = take(content, name)
        jobs.choose_columns(job, choice_of(job)._replace(**choice), now=NOON)
        check_import(job.pk, clock=lambda: NOON)
        job.refresh_from_db()
        jobs.start(job, by=marketer, now=NOON + timedelta(minutes=1))
        run_import(job.pk, clock=lambda: NOON + timedelta(minutes=1))
        job.refresh_from_db()
        return job

    return run_file
