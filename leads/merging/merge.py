"""Merge two leads because a user says that they are one person."""

from collections.abc import Collection
from datetime import datetime

from django.db import OperationalError, transaction

from leads.audit.record import record_audit
from leads.errors import MergeRefused
from leads.events.due import mark_due
from leads.identity.absorb import absorb_leads
from leads.identity.keys import Key
from leads.identity.locks import MoreToLock, lock_identifiers
from leads.merging.outcome import Choices, check_choices, check_survivor, merged_profile
from leads.models import Identifier, Lead, Merge, User
from leads.people.profile import update_profiles

ATTEMPTS = 20


def merge_leads(
    survivor_id: int, absorbed_id: int, *, choices: Choices | None = None, by: User, now: datetime
) -> Merge:
    """Merge one lead into another and return the record, by which it can be undone.

    choices: whose value to keep, "survivor" or "absorbed", by trait name; without one the latest value counts. Raises
    MergeRefused if they can't be merged this way round (any more), InvalidValue for an invalid choice.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _merge(survivor_id, absorbed_id, choices or {}, by, now)
        except MoreToLock:
            continue
    raise OperationalError(f"Leads {survivor_id} and {absorbed_id} are being identified by too many at the same time.")


def _merge(survivor_id: int, absorbed_id: int, choices: Choices, by: User, now: datetime) -> Merge:
    survivor, absorbed = lock_pair(survivor_id, absorbed_id, now=now)
    check_survivor(survivor, absorbed)
    check_choices(choices, survivor, absorbed)
    _, update = merged_profile(survivor, absorbed, choices, now=now)
    (merge,) = absorb_leads({absorbed.pk: survivor.pk}, reasons={absorbed.pk: f"{by} merged them."}, by=by, now=now)
    if update is not None:
        # Recorded as a statement of its own, so that undoing another merge of this lead can apply it again.
        merge.before["choices"] = {"time_key": update.time_key, "traits": update.traits}
        merge.save(update_fields=["before"])
    update_profiles([update] if update else [], absorbed={absorbed.pk: survivor.pk}, created=())
    mark_due([survivor.pk], now=now)
    record_audit("leads merged", f"lead {absorbed.pk} into lead {survivor.pk}", by=by, now=now)
    return merge


def lock_pair(one_id: int, other_id: int, *, now: datetime) -> tuple[Lead, Lead]:
    """Lock two leads with all their identifiers, as intake does, and return their current state.

    A merged lead is not locked itself: its survivor's lock protects it. Raises MergeRefused if one does not exist,
    MoreToLock if the transaction must be restarted.
    """
    ids = (one_id, other_id)
    locked = lock_identifiers((), optional=_keys_of(ids), now=now)
    list(Lead.objects.current().filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if unlocked := _keys_of(ids) - locked.ids.keys():
        raise MoreToLock(unlocked)
    leads = Lead.objects.select_related("organization", "owner").in_bulk(ids)
    for lead_id in ids:
        if lead_id not in leads:
            raise MergeRefused(f"There is no lead {lead_id}.")
    return leads[one_id], leads[other_id]


def _keys_of(lead_ids: Collection[int]) -> set[Key]:
    return set(Identifier.objects.filter(lead_id__in=lead_ids).values_list("kind", "value"))
