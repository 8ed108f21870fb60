"""Decide whose the events are, and store it: bind identifiers, create leads, merge those that are one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leads.events.record import EventRow
from leads.identity.absorb import absorb_leads
from leads.identity.create import create_leads
from leads.identity.duplicates import Pair, note_duplicates, pairs_kept_apart
from leads.identity.keys import ANONYMOUS_ID, Key
from leads.identity.locks import Locked, MoreToLock, lock_known_leads
from leads.identity.resolve import Doubt, Evidence, Resolution, resolve
from leads.identity.visitors import claim_visits
from leads.rows import update_rows


@dataclass(frozen=True, slots=True)
class Recognised:
    """The result for a batch. owners: the lead of each identifier; none for an unknown visitor's.

    bound: identifiers that have just got an owner. created: new leads. visits: earlier events of visitors who have just
    become known. absorbed: lead -> its survivor.
    """

    owners: Mapping[Key, int]
    bound: Collection[Key] = ()
    created: Sequence[int] = ()
    visits: Sequence[EventRow] = ()
    absorbed: Mapping[int, int] = field(default_factory=dict)


def recognise(
    evidence: Sequence[Evidence],
    locked: Locked,
    *,
    also_leads: Collection[int],
    kinds_with_traits: Collection[str],
    now: datetime,
) -> Recognised:
    """Return and store the owners of the locked identifiers after this evidence.

    Raises MoreToLock if the transaction must be restarted with more identifiers. `also_leads` are locked with the leads
    involved. Visits of `kinds_with_traits` are returned with their properties.
    """
    known, theirs = lock_known_leads({*locked.owners.values(), *also_leads})
    resolution = resolve(evidence, locked.owners, known)
    if resolution.absorbed and (apart := pairs_kept_apart(known)):
        resolution = resolve(evidence, locked.owners, known, apart)
    refuse_to_move_unlocked(resolution, theirs, locked.ids)
    return _store(resolution, locked, kinds_with_traits, now)


def refuse_to_move_unlocked(resolution: Resolution, theirs: Mapping[Key, int], locked: Collection[Key]) -> None:
    """Raise MoreToLock unless all identifiers of leads to be absorbed are locked, as a merge re-points them.

    theirs: the lead of each identifier of the leads involved.
    """
    unlocked = {key for key, lead_id in theirs.items() if lead_id in resolution.absorbed}.difference(locked)
    if unlocked:
        raise MoreToLock(unlocked)


def _store(resolution: Resolution, locked: Locked, kinds_with_traits: Collection[str], now: datetime) -> Recognised:
    lead_ids = dict(zip(resolution.created, create_leads(len(resolution.created), now=now), strict=True))
    owners = {key: lead_ids.get(owner, owner) for key, owner in resolution.owners.items()}
    bound = {key for key, owner in owners.items() if locked.owners.get(key) is None}
    bind_identifiers(bound, owners, resolution.met, locked.ids)
    absorb_leads(resolution.absorbed, reasons=resolution.reasons, now=now)
    if resolution.duplicates:
        note_duplicates(numbered_pairs(resolution, lead_ids), now=now)
    visitors = [locked.ids[key] for key in bound if key[0] == ANONYMOUS_ID and key not in locked.inserted]
    visits = claim_visits(visitors, kinds_with_traits=kinds_with_traits)
    return Recognised(owners, bound, list(lead_ids.values()), visits, resolution.absorbed)


def numbered_pairs(resolution: Resolution, lead_ids: Mapping[int, int]) -> dict[Pair, Doubt]:
    """Return the possible duplicates with the final ids of new leads, the smaller id first."""
    numbered = {}
    for (one, other), doubt in resolution.duplicates.items():
        first, second = sorted((lead_ids.get(one, one), lead_ids.get(other, other)))
        numbered[first, second] = doubt
    return numbered


def bind_identifiers(
    bound: Collection[Key], owners: Mapping[Key, int], met: Mapping[Key, Key], ids: Mapping[Key, int]
) -> None:
    """Set the lead of unbound identifiers, and the identifier together with which each was first seen."""
    rows = [{"id": ids[key], "lead_id": owners[key], "met_id": ids[met[key]] if key in met else None} for key in bound]
    update_rows("leads_identifier", rows, lead_id="bigint", met_id="bigint")
