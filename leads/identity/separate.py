"""Undo a merge's part of identity: which lead holds which identifier, and the possible duplicates."""

from collections.abc import Mapping
from datetime import datetime

from leads.identity.duplicates import copy_of, pairs_of
from leads.identity.remember import restored_pairs
from leads.models import DuplicateCandidate, Event, Identifier, Lead, Merge, User


def return_identifiers(merge: Merge) -> list[Identifier]:
    """Give the absorbed lead its identifiers and their events back; return the identifiers added since the merge.

    A later identifier goes to the lead together with whose identifier it was first seen; if that is unknown, to the
    survivor. Call while all of them are locked.
    """
    held = {identifier.pk: identifier for identifier in Identifier.objects.filter(lead=merge.survivor_id)}
    before = merge.before["identifiers"]
    of_absorbed, of_survivor = set(before["absorbed"]), set(before["survivor"])
    later = Merge.objects.filter(survivor=merge.survivor_id, pk__gt=merge.pk, undone_at=None)
    of_others = {pk for other in later for pk in other.before["identifiers"]["absorbed"]}
    late = [held[pk] for pk in sorted(held.keys() - of_absorbed - of_survivor - of_others)]
    returned = [pk for pk in held if _root(pk, held, {*of_absorbed, *of_survivor, *of_others}) in of_absorbed]
    Identifier.objects.filter(pk__in=returned).update(lead=merge.absorbed_id)
    Event.objects.filter(lead=merge.survivor_id, identifier__in=returned).update(lead=merge.absorbed_id)
    for identifier in late:
        if identifier.pk in returned:
            identifier.lead_id = merge.absorbed_id
    return late


def _root(pk: int, held: Mapping[int, Identifier], known: set[int]) -> int:
    """Return the earlier identifier that this one came with, or where the trail ends."""
    passed = set()
    while pk not in known and pk not in passed:
        passed.add(pk)
        met = held[pk].met_id if pk in held else None
        if met is None:
            return pk
        pk = met
    return pk


def separate_pairs(merge: Merge, *, by: User, now: datetime) -> None:
    """Restore the absorbed lead's pairs; the two leads themselves count as different people from now on."""
    survivor_id, absorbed_id = merge.survivor_id, merge.absorbed_id
    before = restored_pairs(merge)
    own = {_other(pair, survivor_id) for pair in before if survivor_id in (pair.first_id, pair.second_id)}
    now_paired = {_other(pair, survivor_id): pair for pair in pairs_of([survivor_id])}
    survivors = dict(
        Lead.objects.filter(pk__in=[_other(pair, absorbed_id) for pair in before]).values_list("pk", "merged_into")
    )
    returning, gone = [], []
    for pair in before:
        other = _other(pair, absorbed_id)
        if absorbed_id not in (pair.first_id, pair.second_id) or other == survivor_id or other not in survivors:
            continue
        other = survivors[other] or other
        moved = now_paired.get(other)
        if moved is not None and other not in own:
            pair.dismissed_at, pair.dismissed_by_id = moved.dismissed_at, moved.dismissed_by_id
            gone.append(moved.pk)
        if other not in (survivor_id, absorbed_id):
            returning.append(copy_of(pair, absorbed_id, other))
    DuplicateCandidate.objects.filter(pk__in=gone).delete()
    DuplicateCandidate.objects.bulk_create(returning, ignore_conflicts=True)
    _keep_apart(merge, before, by, now)


def _keep_apart(merge: Merge, before: list[DuplicateCandidate], by: User, now: datetime) -> None:
    first, second = sorted((merge.survivor_id, merge.absorbed_id))
    noted = next((pair for pair in before if (pair.first_id, pair.second_id) == (first, second)), None)
    reason = f"They were merged once. {merge.reason}"[:300]
    pair = copy_of(noted or DuplicateCandidate(reason=reason, created_at=now), first, second)
    pair.dismissed_at, pair.dismissed_by = now, by
    # The search for duplicates takes no locks and may just have noted this pair.
    DuplicateCandidate.objects.bulk_create(
        [pair],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["dismissed_at", "dismissed_by"],
    )


def _other(pair: DuplicateCandidate, lead_id: int) -> int:
    return pair.second_id if pair.first_id == lead_id else pair.first_id
