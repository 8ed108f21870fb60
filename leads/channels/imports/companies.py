"""The organizations that rows of a file name."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.channels.imports.read_row import Draft
from leads.models import ImportJob, Lead, OnConflict
from leads.people.organizations import CompanyWord, Directory, keep_organizations
from leads.people.traits import Traits
from leads.rows import given, run

# What a row says of a company, comparable.
Said = tuple[tuple[str, object], ...]
REMEMBERED = 50_000


class KnownCompanies:
    """Organizations that earlier chunks of a run have found or made: what was said of them is stored already."""

    def __init__(self) -> None:
        self._found: OrderedDict[Said, tuple[int, str]] = OrderedDict()

    def among(self, said: Mapping[Said, object]) -> dict[Said, tuple[int, str]]:
        """Return id and name of those that are known.

        One may be gone by now: the database refuses a reference to it, and the chunk starts again after `forget`.
        """
        return {words: self._found[words] for words in said if words in self._found}

    def forget(self) -> bool:
        """Know none any more; tell whether any was known."""
        was_known = bool(self._found)
        self._found.clear()
        return was_known

    def remember(self, found: Mapping[Said, tuple[int, str]]) -> None:
        """Keep these for the next chunk, and forget the oldest where they are too many."""
        self._found |= found
        while len(self._found) > REMEMBERED:
            self._found.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Companies:
    """The organizations of a chunk. found: id and name by what rows say; names: by id.

    colleagues: leads whose scores may change with them.
    """

    found: Mapping[Said, tuple[int, str]]
    names: Mapping[int, str]
    colleagues: Sequence[int] = ()

    def with_organization(self, draft: Draft) -> Traits:
        """Return what a row says of a lead, its organization by id included."""
        if draft.company:
            draft.lead["organization"] = self.found[_said(draft)][0]
        return draft.lead


def _said(draft: Draft) -> Said:
    return tuple(draft.company.items())


def company_words(job: ImportJob, drafts: Sequence[Draft], said: str) -> dict[Said, CompanyWord]:
    """Return what rows say of organizations, each thing once."""
    fills_only = job.on_conflict == OnConflict.FILL
    return {_said(draft): CompanyWord(said, draft.company, fills_only=fills_only) for draft in drafts if draft.company}


def keep_companies(
    job: ImportJob, drafts: Sequence[Draft], known: KnownCompanies, *, said: str, now: datetime
) -> Companies:
    """Make and change the organizations that rows name, and note what it takes to undo that.

    Call inside a transaction, before any other lock is taken.
    """
    words = company_words(job, drafts, said)
    found = known.among(words)
    others = {key: word for key, word in words.items() if key not in found}
    colleagues: list[int] = []
    if others:
        directory = keep_organizations(list(others.values()), are_new=True, now=now)
        _note(job, directory)
        found |= {key: _found(directory, word) for key, word in others.items()}
        if directory.changed:
            leads = Lead.objects.current().filter(organization_id__in=directory.changed)
            colleagues = list(leads.values_list("pk", flat=True))
    return Companies(found, dict(found.values()), colleagues)


def _found(directory: Directory, word: CompanyWord) -> tuple[int, str]:
    organization = directory.find(word.traits)
    if organization is None:
        raise ValueError(f"no organization was kept for {word.traits}")
    return organization.pk, organization.name


def _note(job: ImportJob, directory: Directory) -> None:
    """Note what was made and changed; one that an earlier chunk made or changed keeps what was noted then."""
    rows: list[dict[str, object]] = [{"pk": one.pk, "is_new": True, "before": {}} for one in directory.made]
    rows += [{"pk": pk, "is_new": False, "before": before} for pk, before in directory.before.items()]
    if not rows:
        return
    table, parameters = given(rows, pk="bigint", is_new="boolean", before="jsonb")
    sql = f"""
        INSERT INTO leads_importedorganization (job_id, organization_id, is_new, before)
        SELECT %s, pk, is_new, before FROM {table} WHERE true
        ON CONFLICT (job_id, organization_id) DO NOTHING
    """  # noqa: S608 - names of our own
    run(sql, [job.pk, *parameters])
