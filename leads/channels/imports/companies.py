"""The organizations named in the rows of a file."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.channels.imports.read_row import Draft
from leads.models import ImportJob, Lead, OnConflict
from leads.people.organizations import CompanyUpdate, Directory, keep_organizations
from leads.people.traits import Traits
from leads.rows import given, run

# What a row says about a company, in hashable form.
Said = tuple[tuple[str, object], ...]
REMEMBERED = 50_000


class KnownCompanies:
    """Organizations that earlier chunks of a run found or created; what was said about them is stored."""

    def __init__(self) -> None:
        self._found: OrderedDict[Said, tuple[int, str]] = OrderedDict()

    def among(self, said: Mapping[Said, object]) -> dict[Said, tuple[int, str]]:
        """Return id and name of those that are known.

        One may have been deleted: then the database refuses the reference, and the chunk starts again after `forget`.
        """
        return {updates: self._found[updates] for updates in said if updates in self._found}

    def forget(self) -> bool:
        """Forget all; return whether any was known."""
        was_known = bool(self._found)
        self._found.clear()
        return was_known

    def remember(self, found: Mapping[Said, tuple[int, str]]) -> None:
        """Keep these for the next chunk; if there are too many, the oldest are forgotten."""
        self._found |= found
        while len(self._found) > REMEMBERED:
            self._found.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Companies:
    """The organizations of a chunk. found: id and name by what rows say; names: by id.

    colleagues: leads whose scores may change with these organizations.
    """

    found: Mapping[Said, tuple[int, str]]
    names: Mapping[int, str]
    colleagues: Sequence[int] = ()

    def with_organization(self, draft: Draft) -> Traits:
        """Return a row's values for a lead, including its organization's id."""
        if draft.company:
            draft.lead["organization"] = self.found[_said(draft)][0]
        return draft.lead


def _said(draft: Draft) -> Said:
    return tuple(draft.company.items())


def company_updates(job: ImportJob, drafts: Sequence[Draft], said: str) -> dict[Said, CompanyUpdate]:
    """Return what the rows say about organizations, without repetitions."""
    fills_only = job.on_conflict == OnConflict.FILL
    return {
        _said(draft): CompanyUpdate(said, draft.company, fills_only=fills_only) for draft in drafts if draft.company
    }


def keep_companies(
    job: ImportJob, drafts: Sequence[Draft], known: KnownCompanies, *, said: str, now: datetime
) -> Companies:
    """Create and change the organizations named in rows, and record what is needed to undo it.

    Call inside a transaction, before any other lock is taken.
    """
    updates = company_updates(job, drafts, said)
    found = known.among(updates)
    others = {key: update for key, update in updates.items() if key not in found}
    colleagues: list[int] = []
    if others:
        directory = keep_organizations(list(others.values()), are_new=True, now=now)
        _note(job, directory)
        found |= {key: _found(directory, update) for key, update in others.items()}
        if directory.changed:
            leads = Lead.objects.current().filter(organization_id__in=directory.changed)
            colleagues = list(leads.values_list("pk", flat=True))
    return Companies(found, dict(found.values()), colleagues)


def _found(directory: Directory, update: CompanyUpdate) -> tuple[int, str]:
    organization = directory.find(update.traits)
    if organization is None:
        raise ValueError(f"no organization was kept for {update.traits}")
    return organization.pk, organization.name


def _note(job: ImportJob, directory: Directory) -> None:
    """Record what was created and changed; for an organization from an earlier chunk the first record stays."""
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
