"""Lock everything that identity decides about, always in the same order, so that no two transactions deadlock.

First the identifiers, by the bytes of kind and value; then missing ones are inserted, in that order; then the leads, by
id. Binding an identifier to a lead, or re-pointing it, requires that lead's lock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db import IntegrityError

from leads.bulk import constraint_of, write_rows
from leads.identity.keys import Key
from leads.identity.resolve import STANDING, KnownLead
from leads.models import Identifier
from leads.prepared import Prepared
from leads.rows import as_list, as_time, fetch, for_update, given, is_postgresql, listed


class MoreToLock(Exception):
    """The transaction must be restarted and lock these identifiers as well (if none, the same as before)."""

    def __init__(self, keys: Collection[Key] = ()) -> None:
        super().__init__(f"{len(keys)} more identifiers to lock")
        self.keys = frozenset(keys)


@dataclass(frozen=True, slots=True)
class Locked:
    """Locked identifiers. ids: of each; owners: the lead of each bound one; inserted: new ones."""

    ids: Mapping[Key, int]
    owners: Mapping[Key, int]
    inserted: frozenset[Key]


def lock_identifiers(wanted: Collection[Key], *, optional: Collection[Key] = (), now: datetime) -> Locked:
    """Lock these identifiers; missing ones of `wanted` are inserted, `optional` ones may be missing.

    Raises MoreToLock if another transaction inserted one of them meanwhile.
    """
    keys = {*wanted, *optional}
    if not keys:
        return Locked({}, {}, frozenset())
    ids: dict[Key, int] = {}
    owners: dict[Key, int] = {}
    for pk, kind, value, lead_id in lock_existing(keys):
        ids[kind, value] = pk
        if lead_id is not None:
            owners[kind, value] = lead_id
    missing = set(wanted) - ids.keys()
    if missing:
        ids |= _insert(missing, now)
    return Locked(ids, owners, frozenset(missing))


def lock_known_leads(lead_ids: Collection[int]) -> tuple[dict[int, KnownLead], dict[Key, int]]:
    """Lock leads in id order; return what identity must know of them, and all their identifiers."""
    return _known_leads(lead_ids, for_update())


def look_at_leads(lead_ids: Collection[int]) -> tuple[dict[int, KnownLead], dict[Key, int]]:
    """Return the same without locking."""
    return _known_leads(lead_ids, "")


def _known_leads(lead_ids: Collection[int], lock: str) -> tuple[dict[int, KnownLead], dict[Key, int]]:
    if not lead_ids:
        return {}, {}
    sql = f"SELECT id, stage FROM leads_lead WHERE {listed('id', '%s')} ORDER BY id {lock}"  # noqa: S608
    known = {pk: KnownLead(pk, set(), STANDING[stage]) for pk, stage in fetch(sql, [as_list(lead_ids)])}
    theirs: dict[Key, int] = {}
    sql = f"SELECT kind, value, lead_id FROM leads_identifier WHERE {listed('lead_id', '%s')}"  # noqa: S608
    for kind, value, lead_id in fetch(sql, [as_list(known)]):
        known[lead_id].kinds.add(kind)
        theirs[kind, value] = lead_id
    return known, theirs


def lock_existing(keys: Collection[Key]) -> list[tuple[int, str, str, int | None]]:
    """Lock the existing ones of these identifiers; return id, kind, value and lead of each."""
    return _existing(keys, for_update())


def look_at_existing(keys: Collection[Key]) -> list[tuple[int, str, str, int | None]]:
    """Return the same without locking."""
    return _existing(keys, "")


def _existing(keys: Collection[Key], lock: str) -> list[tuple[int, str, str, int | None]]:
    if not keys:
        return []
    if is_postgresql():
        kinds, values = zip(*sorted(keys), strict=True)
        return _steps(lock).fetch({"kinds": list(kinds), "values": list(values)})
    table, parameters = given([{"kind": kind, "value": value} for kind, value in keys], kind="text", value="text")
    return fetch(f"SELECT id, kind, value, lead_id FROM leads_identifier JOIN {table} USING (kind, value)", parameters)  # noqa: S608


@cache
def _steps(lock: str) -> Prepared:
    """Return the statement that looks up identifiers one by one, so that they are locked in the given order."""
    sql = f"""
        SELECT found.id, found.kind, found.value, found.lead_id FROM unnest(%(kinds)s, %(values)s) AS given(kind, value)
        CROSS JOIN LATERAL (
            SELECT id, kind, value, lead_id FROM leads_identifier
            WHERE leads_identifier.kind = given.kind AND leads_identifier.value = given.value LIMIT 1 {lock}
        ) AS found
    """  # noqa: S608 - names of our own
    return Prepared(f"leadcrm_identifiers{'_locked' if lock else ''}", sql, {"kinds": "text[]", "values": "text[]"})


def _insert(missing: Collection[Key], now: datetime) -> dict[Key, int]:
    rows = [{"kind": kind, "value": value} for kind, value in sorted(missing)]
    table, parameters = given(rows, kind="text", value="text")
    sql = f"""
        INSERT INTO leads_identifier (kind, value, created_at)
        SELECT kind, value, %s FROM {table} WHERE true
        ON CONFLICT (kind, value) DO NOTHING RETURNING id, kind, value
    """  # noqa: S608 - names of our own
    inserted = {(kind, value): pk for pk, kind, value in fetch(sql, [as_time(now), *parameters])}
    if len(inserted) < len(missing):
        # Another transaction was first. Locking its rows now, out of order, could deadlock.
        raise MoreToLock
    return inserted


class BoundIdentifier(NamedTuple):
    """An identifier to insert with its lead, which may be stored later in the transaction.

    met: the identifier together with which it was first seen.
    """

    key: Key
    pk: int
    lead_id: int
    met: Key | None


def insert_bound(identifiers: Sequence[BoundIdentifier], ids: Mapping[Key, int], *, now: datetime) -> None:
    """Insert identifiers, in order of kind and value; one statement. ids: of all of them and of those they met.

    Raises MoreToLock if another transaction inserted one of them meanwhile.
    """
    rows = [(one.pk, *one.key, one.lead_id, ids[one.met] if one.met else None) for one in identifiers]
    try:
        write_rows(Identifier, ("id", "kind", "value", "lead_id", "met_id"), rows, created_at=now)
    except IntegrityError as error:
        # No ON CONFLICT: it costs twice as much per row, and conflicts are rare.
        if constraint_of(error) != "identifier_once":
            raise
        raise MoreToLock from error
