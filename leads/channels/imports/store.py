"""Store a chunk of rows in one transaction: identities, values, and what is needed to undo it.

The number of statements does not depend on the size of the chunk. Each new row of a table is written once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads import signals
from leads.channels.imports.companies import Companies, KnownCompanies, keep_companies
from leads.channels.imports.consents import record_told_consents
from leads.channels.imports.new_leads import NewLead, write_new_leads
from leads.channels.imports.outcome import DUPLICATE, NEW, REFUSED, UNCHANGED, UPDATED
from leads.channels.imports.past_events import record_past_events
from leads.channels.imports.read_row import Draft, Refusal
from leads.channels.imports.undo_log import write_undo_log
from leads.events.due import mark_due
from leads.events.record import time_key
from leads.events.touch import touch_leads
from leads.handoff.assign import assign_owners
from leads.identity.keys import Key
from leads.identity.register import Entry, Registered, register
from leads.models import ImportedLead, ImportJob, Lead, OnConflict
from leads.people.profile import SEARCHED, apply_list, carry_over, store_profiles
from leads.people.search import refresh_search


@dataclass(slots=True)
class Touched:
    """A lead that rows of this chunk are about. before: replaced values, by name, [value, its time]."""

    row: int
    is_new: bool
    is_first_time: bool
    before: dict[str, list[Any]] = field(default_factory=dict)
    identifiers: list[int] = field(default_factory=list)


def said_by_import(job: ImportJob) -> str:
    """Return the time key of an import's values: the same for all its rows, and unique to it."""
    if job.started_at is None:
        raise ValueError(f"import {job.pk} has not started")
    return time_key(job.started_at, f"import-{job.pk}")


def store_rows(
    job: ImportJob,
    read: Sequence[Draft | Refusal],
    known: KnownCompanies,
    *,
    also_lock: Collection[Key],
    now: datetime,
) -> tuple[list[str], Companies]:
    """Store rows; return the outcome of each, and the organizations to remember once this is committed.

    Call inside a transaction; start it again after MoreToLock.
    """
    drafts = [one for one in read if isinstance(one, Draft)]
    companies = keep_companies(job, drafts, known, said=said_by_import(job), now=now)
    people = register(
        [Entry(draft.keys, draft.also) for draft in drafts],
        also_lock=also_lock,
        also_leads=companies.colleagues,
        now=now,
    )
    return _Chunk(job, drafts, people, companies, now).store(read), companies


class _Chunk:
    def __init__(
        self, job: ImportJob, drafts: Sequence[Draft], people: Registered, companies: Companies, now: datetime
    ) -> None:
        self.job, self.drafts, self.people, self.companies, self.now = job, drafts, people, companies, now
        self.said = said_by_import(job)
        self.overwrites = job.on_conflict == OnConflict.OVERWRITE
        self.touched: dict[int, Touched] = {}
        self.new: dict[int, NewLead] = {}
        self.owners: dict[int, int] = {}
        # Includes survivors of leads from earlier chunks.
        self.seen_as_another: set[int] = set()

    def store(self, read: Sequence[Draft | Refusal]) -> list[str]:
        known = self._known_leads()
        seen = self._seen_before(known)
        outcomes = {draft.row: self._apply(draft, known, seen) for draft in self.drafts}
        changed = self._write(known)
        if self.people.created:
            signals.lead_created.send(sender=Lead, lead_ids=sorted(self.people.created), now=self.now)
        mark_due({*changed, *self.companies.colleagues} - self.people.absorbed.keys(), now=self.now)
        touch_leads([*self.people.visits, *record_past_events(self.job, self.drafts, self.people, now=self.now)],
                    now=self.now)  # fmt: skip
        return [outcomes[one.row] if isinstance(one, Draft) else REFUSED for one in read]

    def _known_leads(self) -> dict[int, Lead]:
        absorbed = self.people.absorbed
        lead_ids = {self.people.owners[draft.keys[0]] for draft in self.drafts} - self.people.created
        wanted = {*lead_ids, *absorbed, *absorbed.values()}
        known = {lead.pk: lead for lead in Lead.objects.filter(pk__in=wanted)} if wanted else {}
        for old, survivor in absorbed.items():
            carry_over(known[old], known[survivor])
        return known

    def _seen_before(self, known: Mapping[int, Lead]) -> set[int]:
        """Return the leads that an earlier chunk of this file was about."""
        if not known:
            return set()
        logged = set(ImportedLead.objects.filter(job=self.job, lead__in=known.keys()).values_list("lead_id", flat=True))
        absorbed = self.people.absorbed
        self.seen_as_another = {absorbed[lead_id] for lead_id in logged if lead_id in absorbed}
        return logged

    def _apply(self, draft: Draft, known: Mapping[int, Lead], seen: Collection[int]) -> str:
        lead_id = self.people.owners[draft.keys[0]]
        is_new = lead_id in self.people.created
        is_first = lead_id not in self.touched
        if is_first:
            self.touched[lead_id] = Touched(draft.row, is_new, lead_id not in seen)
        touched = self.touched[lead_id]
        touched.identifiers += [
            self.people.ids[key] for key in (*draft.keys, *draft.also)
            if key in self.people.bound and self.people.owners[key] == lead_id and not is_new
        ]  # fmt: skip
        if is_new:
            self._apply_to_new(lead_id, draft)
        else:
            self._apply_to_known(known[lead_id], draft, touched)
        if not is_first or lead_id in seen or lead_id in self.seen_as_another:
            return DUPLICATE
        if is_new:
            return NEW
        is_changed = touched.before or touched.identifiers or lead_id in self.people.absorbed.values()
        return UPDATED if is_changed else UNCHANGED

    def _apply_to_new(self, lead_id: int, draft: Draft) -> None:
        traits = self.companies.with_organization(draft)
        new = self.new.get(lead_id)
        if new is None:
            self.new[lead_id] = NewLead(traits, draft.source, draft.owner_id, draft.created_at)
        else:
            new.add(traits, draft, overwrites=self.overwrites)

    def _apply_to_known(self, lead: Lead, draft: Draft, touched: Touched) -> None:
        changes = apply_list(lead, self.companies.with_organization(draft), said=self.said, overwrites=self.overwrites)
        if draft.source and not lead.source:
            changes["source"] = [lead.source, ""]
            lead.source, lead.attribute_times["source"] = draft.source, self.said
        owner = draft.owner_id
        if owner and owner != lead.owner_id and lead.claimed_at is None and (self.overwrites or not lead.owner_id):
            changes["owner"] = [lead.owner_id, owner]
            lead.owner_id = self.owners[lead.pk] = owner
        for name, former in changes.items():
            touched.before.setdefault(name, former)

    def _write(self, known: Mapping[int, Lead]) -> list[int]:
        """Write leads, search texts and the undo log; return the known leads that have changed."""
        absorbed = self.people.absorbed
        changed = [lead_id for lead_id, one in self.touched.items() if one.before and lead_id in known]
        survivors = set(absorbed.values())
        store_profiles([known[lead_id] for lead_id in sorted({*changed, *survivors})])
        assign_owners(self.owners)
        write_new_leads(self.new, self.companies.names, said=self.said, now=self.now)
        renamed = {lead_id for lead_id in changed if self.touched[lead_id].before.keys() & SEARCHED}
        refresh_search({*renamed, *survivors, *self.companies.colleagues})
        write_undo_log(self.job, self.touched)
        record_told_consents(self.job, self.drafts, self.people, now=self.now)
        return [*changed, *(lead_id for lead_id in self.touched if lead_id in known and lead_id not in changed
                            and self.touched[lead_id].identifiers)]  # fmt: skip
