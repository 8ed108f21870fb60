"""Recognise the people of a file in bulk: like `recognise` does for events, with each new row written once.

New leads get their ids before they are stored: identifiers are inserted already bound, and the caller stores the
complete leads. Both databases check the references at the end of the transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from leads.bulk import new_ids
from leads.events.due import lock_leads
from leads.events.record import EventRow
from leads.identity.absorb import absorb_leads
from leads.identity.duplicates import note_duplicates, pairs_kept_apart
from leads.identity.keys import Key
from leads.identity.locks import (
    BoundIdentifier,
    MoreToLock,
    insert_bound,
    lock_existing,
    look_at_leads,
)
from leads.identity.recognise import bind_identifiers, numbered_pairs, refuse_to_move_unlocked
from leads.identity.resolve import DOUBT_STRENGTH, Doubt, Evidence, KnownLead, Resolution, resolve
from leads.identity.visitors import claim_visits
from leads.models import Identifier, Lead


class Entry(NamedTuple):
    """A person of a file.

    keys: as of an event, strongest first; also: more identifiers, unless they are another lead's.
    """

    keys: tuple[Key, ...]
    also: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """The result for some entries. owners: the lead of each identifier; ids: of each identifier.

    created: ids of leads that the caller stores in the same transaction. bound: identifiers that have just got their
    lead. absorbed: lead -> its survivor. visits: earlier events of people who have just become known.
    """

    owners: Mapping[Key, int]
    ids: Mapping[Key, int]
    created: frozenset[int]
    bound: frozenset[Key]
    absorbed: Mapping[int, int] = field(default_factory=dict)
    visits: Sequence[EventRow] = ()


def register(
    entries: Sequence[Entry], *, also_lock: Collection[Key] = (), also_leads: Collection[int] = (), now: datetime
) -> Registered:
    """Return and store whose identifiers these are; a fixed number of statements, inside a transaction.

    `also_leads` are locked with the leads involved. Raises MoreToLock if the transaction must be restarted.
    """
    wanted = {key for entry in entries for key in (*entry.keys, *entry.also)}
    ids: dict[Key, int] = {}
    owners: dict[Key, int] = {}
    for pk, kind, value, lead_id in lock_existing({*wanted, *also_lock}):
        ids[kind, value] = pk
        if lead_id is not None:
            owners[kind, value] = lead_id
    known, theirs = look_at_leads(set(owners.values()))
    resolution = _resolve(entries, owners, known)
    refuse_to_move_unlocked(resolution, theirs, ids)
    numbers = dict(zip(resolution.created, new_ids(Lead, len(resolution.created)), strict=True))
    owned = {key: numbers.get(owner, owner) for key, owner in resolution.owners.items()}
    missing = sorted(wanted - ids.keys())
    ids |= dict(zip(missing, new_ids(Identifier, len(missing)), strict=True))
    insert_bound([BoundIdentifier(key, ids[key], owned[key], resolution.met.get(key)) for key in missing], ids, now=now)
    lock_leads({*known, *also_leads})
    _refuse_if_met(known, theirs, set(missing))
    bound = {key for key in owned if key not in owners}
    earlier = bound.difference(missing)
    bind_identifiers(earlier, owned, resolution.met, ids)
    absorb_leads(resolution.absorbed, reasons=resolution.reasons, now=now)
    note_duplicates(numbered_pairs(resolution, numbers), now=now)
    visits = claim_visits([ids[key] for key in earlier], kinds_with_traits=())
    return Registered(owned, ids, frozenset(numbers.values()), frozenset(bound), resolution.absorbed, visits)


def _refuse_if_met(known: Mapping[int, KnownLead], theirs: Mapping[Key, int], inserted: Collection[Key]) -> None:
    """Raise MoreToLock if another transaction has meanwhile changed one of these leads or its identifiers."""
    now_known, now_theirs = look_at_leads(known.keys())
    standings = {pk: lead.standing for pk, lead in now_known.items()}
    others = {key: lead_id for key, lead_id in now_theirs.items() if key not in inserted}
    if standings != {pk: lead.standing for pk, lead in known.items()} or others != theirs:
        raise MoreToLock


def _resolve(entries: Sequence[Entry], owners: Mapping[Key, int], known: Mapping[int, KnownLead]) -> Resolution:
    resolution = resolve_entries(entries, owners, known)
    if resolution.absorbed and (apart := pairs_kept_apart(known)):
        resolution = resolve_entries(entries, owners, known, apart)
    return resolution


def resolve_entries(
    entries: Sequence[Entry],
    owners: Mapping[Key, int],
    known: Mapping[int, KnownLead],
    apart: Collection[tuple[int, int]] = (),
) -> Resolution:
    """Decide whose the entries are. Their `also` identifiers never merge leads: a present owner keeps them."""
    resolution = resolve([Evidence(entry.keys) for entry in entries], owners, known, apart)
    for entry in entries:
        for key in entry.also:
            lead_id = resolution.owners[entry.keys[0]]
            if key not in resolution.owners:
                resolution.owners[key], resolution.met[key] = lead_id, entry.keys[0]
            elif (other := resolution.owners[key]) != lead_id:
                doubt = Doubt(f"A list gives {key[1]} to both.", DOUBT_STRENGTH[key[0]])
                resolution.duplicates.setdefault((min(lead_id, other), max(lead_id, other)), doubt)
    return resolution
