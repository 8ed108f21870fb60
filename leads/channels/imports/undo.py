"""Undo a whole import: delete the leads it created and restore what it changed, unless something happened since."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from leads.channels.imports.store import said_by_import
from leads.channels.imports.undo_organizations import undo_organizations
from leads.events.due import lock_leads, mark_due
from leads.handoff.assign import unassign_owners
from leads.models import (
    DuplicateCandidate,
    Event,
    Identifier,
    ImportedLead,
    ImportJob,
    ImportState,
    Lead,
    LeadSearch,
    MatchKey,
    StageChange,
)
from leads.people.profile import SEARCHED, store_profiles, take_back
from leads.people.search import refresh_search

CHUNK = 500
REMOVED, RESTORED, UNCHANGED = "removed", "restored", "unchanged"
MERGED = "It was merged with another lead."
ACTIVE = "It has been active since."
WORKED_ON = "Somebody has worked on it since."
CHANGED = "What is known of it has changed since."

# Tables whose rows the product or the import itself creates; rows in any other table mean that something happened.
OF_NO_CONSEQUENCE = (Identifier, LeadSearch, ImportedLead, DuplicateCandidate, MatchKey, StageChange, Event)


def undo_import(job_id: int, *, clock: Callable[[], datetime]) -> None:
    """Undo an import; what was changed since stays, with the reason recorded. May be run again."""
    job = ImportJob.objects.get(pk=job_id)
    after = 0
    while job.state == ImportState.UNDOING:
        with transaction.atomic():
            # Serialises simultaneous undos of the same import.
            job = ImportJob.objects.select_for_update().get(pk=job_id)
            if job.state != ImportState.UNDOING:
                return
            entries = list(_waiting(job, after)[:CHUNK])
            now = clock()
            if entries:
                after = entries[-1].lead_id
                _count(job, _undo_chunk(job, entries, now), now)
            else:
                organizations = undo_organizations(job, said_by_import(job), now=now)
                _count(job, organizations, now)
                ImportJob.objects.filter(pk=job.pk).update(state=ImportState.UNDONE, finished_at=now)
                return


def _waiting(job: ImportJob, after: int) -> "QuerySet[ImportedLead]":
    # In the order of lead ids, as everywhere.
    return ImportedLead.objects.filter(job=job, kept_because="", lead_id__gt=after).order_by("lead_id")


def _count(job: ImportJob, outcomes: Counter[str], now: datetime) -> None:
    job.undo = dict(Counter(job.undo) + outcomes)
    ImportJob.objects.filter(pk=job.pk).update(undo=job.undo, heartbeat_at=now)


def _undo_chunk(job: ImportJob, entries: Sequence[ImportedLead], now: datetime) -> Counter[str]:
    lead_ids = [entry.lead_id for entry in entries]
    lock_leads(lead_ids)
    leads = {lead.pk: lead for lead in Lead.objects.filter(pk__in=lead_ids)}
    new = [entry for entry in entries if entry.is_new]
    kept = _reasons_to_keep(job, new, leads)
    kept |= _set_back(job, [entry for entry in entries if not entry.is_new], leads, now)
    gone = [entry.lead_id for entry in new if entry.lead_id not in kept]
    # Only the import's own rows are left of these.
    Event.objects.filter(lead_id__in=gone).delete()
    Lead.objects.filter(pk__in=gone).delete()
    for reason in set(kept.values()):
        some = [lead_id for lead_id, why in kept.items() if why == reason]
        ImportedLead.objects.filter(job=job, lead_id__in=some).update(kept_because=reason)
    done = [entry for entry in entries if not entry.is_new and entry.lead_id not in kept]
    ImportedLead.objects.filter(pk__in=[entry.pk for entry in done]).delete()
    outcomes = Counter(kept.values())
    outcomes[REMOVED] = len(gone)
    outcomes[RESTORED] = sum(bool(entry.before or entry.identifiers) for entry in done)
    outcomes[UNCHANGED] = len(done) - outcomes[RESTORED]
    return outcomes


def _reasons_to_keep(job: ImportJob, new: Sequence[ImportedLead], leads: dict[int, Lead]) -> dict[int, str]:
    """Return why leads that the import created are kept: what happened to them since."""
    lead_ids = [entry.lead_id for entry in new]
    own = f"import-{job.pk}-"
    reasons = {pk: CHANGED for pk in lead_ids if _has_changed(leads[pk], job)}
    reasons |= dict.fromkeys(_worked_on(lead_ids), WORKED_ON)
    events = Event.objects.filter(lead_id__in=lead_ids).exclude(message_id__startswith=own)
    reasons |= dict.fromkeys(events.values_list("lead_id", flat=True), ACTIVE)
    absorbing = Lead.objects.filter(merged_into_id__in=lead_ids).values_list("merged_into_id", flat=True)
    merged = {*absorbing, *(pk for pk in lead_ids if leads[pk].merged_into_id)}
    return reasons | dict.fromkeys(merged, MERGED)


def _has_changed(lead: Lead, job: ImportJob) -> bool:
    """Return whether anything except the import, and the events from it, has changed a lead."""
    own = f"import-{job.pk}"
    told_by = (time.rstrip("~").partition("|")[2] for time in lead.attribute_times.values())
    return any(name != own and not name.startswith(f"{own}-") for name in told_by)


def _worked_on(lead_ids: Collection[int]) -> set[int]:
    """Return the leads that people moved, claimed, or wrote anything about."""
    moved = StageChange.objects.filter(lead_id__in=lead_ids).exclude(actor=None)
    found = set(moved.values_list("lead_id", flat=True))
    found |= set(Lead.objects.filter(pk__in=lead_ids).exclude(claimed_at=None).values_list("pk", flat=True))
    for relation in Lead._meta.related_objects:
        model = relation.related_model
        if model in (*OF_NO_CONSEQUENCE, Lead) or model._meta.app_label != Lead._meta.app_label:
            continue
        column = relation.field.attname
        found |= set(model._default_manager.filter(**{f"{column}__in": lead_ids}).values_list(column, flat=True))
    return found


def _set_back(job: ImportJob, known: Sequence[ImportedLead], leads: dict[int, Lead], now: datetime) -> dict[int, str]:
    """Restore leads that existed before; return those that could not be restored completely, and why."""
    said = said_by_import(job)
    kept: dict[int, str] = {}
    changed: dict[int, Lead] = {}
    no_owner = []
    for entry in known:
        lead, before = leads[entry.lead_id], dict(entry.before)
        if lead.merged_into_id:
            kept[lead.pk] = MERGED
            continue
        owner = before.pop("owner", None)
        if owner and lead.owner_id == owner[1] and lead.claimed_at is None:
            no_owner += [lead.pk] if owner[0] is None else []
        source = before.pop("source", None)
        if source and lead.attribute_times.get("source") == said:
            lead.source = ""
            del lead.attribute_times["source"]
        if take_back(lead, before, said=said):
            kept[lead.pk] = CHANGED
        if entry.before:
            changed[lead.pk] = lead
    store_profiles(list(changed.values()))
    unassign_owners(no_owner)
    _take_identifiers_back([pk for entry in known if entry.lead_id not in kept for pk in entry.identifiers])
    refresh_search([entry.lead_id for entry in known if entry.before.keys() & SEARCHED])
    mark_due(changed, now=now)
    return kept


def _take_identifiers_back(identifier_ids: Sequence[int]) -> None:
    """Delete identifiers that the import gave to known leads, except those used since."""
    used = Event.objects.filter(identifier_id__in=identifier_ids).values("identifier_id")
    Identifier.objects.filter(Q(pk__in=identifier_ids) & ~Q(pk__in=used)).delete()
