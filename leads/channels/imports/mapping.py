"""The mapping of a file's columns: chosen by a user, before that guessed, and remembered afterwards."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from leads.channels.imports.countries import NAMES
from leads.channels.imports.headings import guess
from leads.channels.imports.targets import SEVERAL, is_target, label_of_target
from leads.errors import InvalidValue
from leads.models import ImportJob, ImportMapping, OnConflict

IDENTIFYING = ("email", "phone", "user_id")


class Choice(NamedTuple):
    """How a file is read. columns: a target for each column. default_country: an ISO code, or ""."""

    columns: list[str]
    default_country: str
    day_first: bool
    on_conflict: str

    def check(self, headings: Sequence[str]) -> None:
        """Raise InvalidValue if a file with these headings can't be read this way."""
        if len(self.columns) != len(headings):
            raise InvalidValue(f"The file has {len(headings)} columns, got a choice for {len(self.columns)}.")
        for heading, target in zip(headings, self.columns, strict=True):
            if not is_target(target):
                raise InvalidValue(f"Column “{heading}” can't become {target[:60]!r}; choose one of the list.")
        chosen = [target for target in self.columns if target]
        twice = {target for target in chosen if target not in SEVERAL and chosen.count(target) > 1}
        if twice:
            names = ", ".join(sorted(map(label_of_target, twice)))
            raise InvalidValue(f"More than one column becomes {names}; choose one and leave the others out.")
        if not set(chosen) & set(IDENTIFYING):
            raise InvalidValue("No column is E-mail, Phone or User id; without one nobody can be told from another.")
        if self.default_country and self.default_country not in NAMES:
            raise InvalidValue(f"Country of phone numbers: expected one of the list, got {self.default_country!r}.")
        if self.on_conflict not in OnConflict.values:
            raise InvalidValue(
                f"Known leads: expected one of {', '.join(OnConflict.values)}, got {self.on_conflict!r}."
            )


def choice_for(headings: Sequence[str], rows: Sequence[Sequence[str]], *, country: str = "") -> Choice:
    """Return the last choice for files with these headings, or a guess."""
    known = ImportMapping.objects.filter(headings=digest_of(headings)).first()
    if known is not None and len(known.columns) == len(headings):
        return Choice(known.columns, known.default_country, known.day_first, known.on_conflict)
    guessed = guess(headings, rows)
    return Choice(guessed.columns, country, guessed.day_first, OnConflict.FILL)


def choice_of(job: ImportJob) -> Choice:
    """Return a job's choice."""
    return Choice(job.columns, job.default_country, job.day_first, job.on_conflict)


def remember(headings: Sequence[str], choice: Choice, *, now: datetime) -> None:
    """Store a choice for the next file with the same headings."""
    values: Mapping[str, Any] = {**choice._asdict(), "used_at": now}
    ImportMapping.objects.update_or_create(headings=digest_of(headings), defaults=values)


def digest_of(headings: Sequence[str]) -> str:
    """Return a digest of these headings in this order."""
    return sha256(json.dumps(list(headings)).encode()).hexdigest()
