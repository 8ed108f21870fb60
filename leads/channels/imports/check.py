"""The dry run of an import: counts what it would do and stores nothing else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from leads.channels.imports.chunks import read_chunks
from leads.channels.imports.companies import company_updates
from leads.channels.imports.outcome import DUPLICATE, NEW, REFUSED, UNCHANGED, UPDATED, added, no_counts
from leads.channels.imports.read_row import Draft
from leads.channels.imports.seen import Seen
from leads.channels.imports.sheet import SheetRefused
from leads.identity.keys import Key
from leads.identity.locks import look_at_existing, look_at_leads
from leads.identity.register import Entry, resolve_entries
from leads.identity.resolve import STANDING, KnownLead
from leads.models import ImportJob, ImportState, Lead, OnConflict, Stage
from leads.people.organizations import look_up
from leads.people.profile import apply_list

# The time key of values in a dry run.
TRIED = "~"
# The id of an organization that would be created.
NOT_YET = -1


def check_import(job_id: int, *, clock: Callable[[], datetime]) -> None:
    """Count the outcome of each row and store only the counts. May be run again from the start."""
    job = ImportJob.objects.get(pk=job_id)
    at_work = ImportJob.objects.filter(pk=job.pk, state=ImportState.CHECKING)
    counts, passed = no_counts(), 0
    try:
        with Seen() as seen:
            for chunk in read_chunks(job, now=clock()):
                outcomes = _Trial(job, seen, [one for one in chunk if isinstance(one, Draft)]).outcomes()
                counts = added(counts, [outcomes.get(one.row, REFUSED) for one in chunk], chunk)
                passed += len(chunk)
                if not at_work.update(checked_to=passed, check_counts=counts, heartbeat_at=clock()):
                    return
    except SheetRefused as refusal:
        at_work.update(state=ImportState.FAILED, problem=str(refusal)[:500])
        return
    at_work.update(state=ImportState.CHECKED, checked_to=passed, check_counts=counts)


class _Trial:
    """A chunk, decided as if the rows before it had been stored."""

    def __init__(self, job: ImportJob, seen: Seen, drafts: Sequence[Draft]) -> None:
        self.job, self.seen, self.drafts = job, seen, drafts
        self.overwrites = job.on_conflict == OnConflict.OVERWRITE

    def outcomes(self) -> dict[int, str]:
        """Return the outcome of each draft by its row."""
        keys = {key for draft in self.drafts for key in (*draft.keys, *draft.also)}
        owners = {
            (kind, value): self.seen.survivor(lead)
            for _, kind, value, lead in look_at_existing(keys)
            if lead is not None
        }
        owners |= self.seen.owners(keys)
        known = self._known_leads(set(owners.values()))
        entries = [Entry(draft.keys, draft.also) for draft in self.drafts]
        resolution = resolve_entries(entries, owners, known)
        numbers = {number: self.seen.new_lead() for number in resolution.created}
        resolved = {key: numbers.get(lead, lead) for key, lead in resolution.owners.items()}
        self.seen.merge(resolution.absorbed)
        self.seen.learn({key: resolved[key] for key in keys})
        survivors = set(resolution.absorbed.values())
        return self._outcomes(resolved, owners, survivors, new=set(numbers.values()))

    def _known_leads(self, lead_ids: set[int]) -> dict[int, KnownLead]:
        """Return what identity would know of leads, including those that earlier rows would have created."""
        known = look_at_leads([pk for pk in lead_ids if not self.seen.is_new(pk)])[0]
        standing = STANDING[Stage.NEW]
        known |= {pk: KnownLead(pk, set(), standing) for pk in lead_ids if self.seen.is_new(pk)}
        for pk, kinds in self.seen.kinds(lead_ids).items():
            known[pk].kinds |= kinds
        return known

    def _outcomes(
        self, resolved: Mapping[Key, int], owners: Mapping[Key, int], survivors: set[int], *, new: set[int]
    ) -> dict[int, str]:
        lead_ids = {resolved[draft.keys[0]] for draft in self.drafts}
        touched = self.seen.touched(lead_ids)
        leads = {
            lead.pk: lead for lead in Lead.objects.filter(pk__in=[pk for pk in lead_ids if not self.seen.is_new(pk)])
        }
        directory = look_up(update.traits for update in company_updates(self.job, self.drafts, TRIED).values())
        outcomes = {}
        for draft in self.drafts:
            lead_id = resolved[draft.keys[0]]
            if lead_id in touched:
                outcomes[draft.row] = DUPLICATE
            elif lead_id in new or self.seen.is_new(lead_id):
                outcomes[draft.row] = NEW
            else:
                organization = directory.find(draft.company) if draft.company else None
                company = {"organization": organization.pk if organization else NOT_YET} if draft.company else {}
                has_more = lead_id in survivors or any(
                    key not in owners and resolved[key] == lead_id for key in (*draft.keys, *draft.also)
                )
                outcomes[draft.row] = self._known(leads[lead_id], draft, company, has_more=has_more)
            touched.add(lead_id)
        self.seen.touch(lead_ids)
        return outcomes

    def _known(self, lead: Lead, draft: Draft, company: Mapping[str, int], *, has_more: bool) -> str:
        owner = draft.owner_id
        changes = (
            has_more
            or apply_list(lead, {**draft.lead, **company}, said=TRIED, overwrites=self.overwrites)
            or (draft.source and not lead.source)
            or (owner and owner != lead.owner_id and lead.claimed_at is None and (self.overwrites or not lead.owner_id))
        )
        return UPDATED if changes else UNCHANGED
