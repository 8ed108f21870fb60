"""Undo a merge exactly, and give everything that arrived since to the lead it belongs to."""

from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError, transaction

from leads import signals
from leads.audit.record import record_audit
from leads.errors import MergeRefused
from leads.events.due import mark_due
from leads.events.record import EventRow, time_key
from leads.events.touch import touch_leads
from leads.handoff.queue import restore_clock
from leads.identity.follow import return_followers
from leads.identity.locks import MoreToLock
from leads.identity.remember import STAGE_COLUMNS, restored_fields
from leads.identity.separate import return_identifiers, separate_pairs
from leads.intake.traits import updates_of_visits
from leads.lifecycle.restore import restore_stage
from leads.merging.merge import ATTEMPTS, lock_pair
from leads.merging.rebuild import events_since, first_to_rebuild, keep_what_is_its_own, without_merge
from leads.models import Identifier, IdentifierKind, Lead, Merge, StageChange, User
from leads.people.profile import TraitUpdate, apply_update, store_profiles, trait_of
from leads.people.search import refresh_search


def undo_merge(merge_id: int, *, by: User, now: datetime) -> Merge:
    """Split a merge into two leads as they were before; intake will never merge these two automatically again.

    Later events, addresses and traits go to the lead whose identifiers they came with; what people did to the survivor
    stays with it. Raises MergeRefused if it was undone already, or the survivor was merged into another lead.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _undo(merge_id, by, now)
        except MoreToLock:
            continue
    raise OperationalError(f"The leads of merge {merge_id} are being identified by too many at the same time.")


def _undo(merge_id: int, by: User, now: datetime) -> Merge:
    merge = Merge.objects.filter(pk=merge_id).first()
    if merge is None:
        raise MergeRefused(f"There is no merge {merge_id}.")
    survivor, absorbed = lock_pair(merge.survivor_id, merge.absorbed_id, now=now)
    merge.refresh_from_db()
    _check(merge, survivor)
    late = return_identifiers(merge)
    Lead.objects.filter(pk=absorbed.pk).update(merged_into=None)
    Lead.objects.filter(pk__in=merge.before["absorbed_before"], merged_into=survivor).update(merged_into=absorbed)
    return_followers(merge)
    separate_pairs(merge, by=by, now=now)
    rows = _restore_profiles(merge, survivor, absorbed, late)
    mark_due([survivor.pk, absorbed.pk], now=now)
    touch_leads(rows, now=now)
    _restore_stage(merge, survivor, absorbed, by, now)
    merge.undone_at, merge.undone_by = now, by
    merge.save(update_fields=["undone_at", "undone_by"])
    signals.merge_undone.send(sender=Lead, survivor_id=survivor.pk, absorbed_id=absorbed.pk, now=now)
    record_audit("merge undone", f"lead {absorbed.pk} out of lead {survivor.pk}", by=by, now=now)
    return merge


def _check(merge: Merge, survivor: Lead) -> None:
    if merge.undone_at is not None:
        raise MergeRefused("This merge has been undone already.")
    if survivor.merged_into_id is not None:
        raise MergeRefused(
            f"{survivor.display_name} was merged into lead {survivor.merged_into_id} since; undo that merge first."
        )


def _restore_profiles(merge: Merge, survivor: Lead, absorbed: Lead, late: Sequence[Identifier]) -> list[EventRow]:
    """Write the traits of both leads, and return the events since the merge, each with its lead."""
    first = first_to_rebuild(merge)
    rows = events_since(merge, first, late)
    rebuilt = without_merge(merge, first, survivor)
    leads = {rebuilt.pk: rebuilt, absorbed.pk: absorbed}
    updates = updates_of_visits(rows)
    for update in updates:
        apply_update(leads[update.lead_id], update)
    foreign = {row.time_key for row in rows if row.lead_id == absorbed.pk}
    keep_what_is_its_own(merge, survivor, rebuilt, foreign={*foreign, *merge.absorbed.attribute_times.values()})
    _name_by_late_identifiers(leads, late)
    store_profiles(list(leads.values()))
    refresh_search(leads)
    return rows


def _name_by_late_identifiers(leads: dict[int, Lead], late: Sequence[Identifier]) -> None:
    """Fill a lead's empty address or number from an identifier that came since the merge."""
    for identifier in late:
        lead = leads.get(identifier.lead_id or 0)
        kind = identifier.kind
        if kind in (IdentifierKind.EMAIL, IdentifierKind.PHONE) and lead is not None and not trait_of(lead, kind):
            apply_update(lead, TraitUpdate(lead.pk, time_key(identifier.created_at, "met"), {kind: identifier.value}))


def _restore_stage(merge: Merge, survivor: Lead, absorbed: Lead, by: User, now: datetime) -> None:
    """Take back stage changes that scoring made since; those that people made stay."""
    changes = StageChange.objects.filter(lead=survivor, pk__gt=merge.before["last_stage_change"])
    moved_by = set(changes.values_list("actor_id", flat=True))
    before = restored_fields(merge, STAGE_COLUMNS)
    if moved_by != {None} or before["stage"] == survivor.stage:
        return
    respond_by = before.pop("respond_by")
    reason = f"The merge with {absorbed.display_name} was undone."[:500]
    restore_stage(survivor, before, reason=reason, by=by, now=now)
    restore_clock(survivor.pk, respond_by)
