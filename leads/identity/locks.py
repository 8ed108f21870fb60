"""Lock what identity decides about, always in the same order, so that no two transactions wait for each other.

First the identifiers, by kind and value; then the missing ones are inserted, in that order; then the leads, by id.
Whoever binds an identifier to a lead, or re-points it, holds that lead's lock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from leads.identity.keys import Key
from leads.identity.resolve import STANDING, KnownLead
from leads.models import Identifier
from leads.rows import as_list, as_time, fetch, for_update, given, listed, one_of


class MoreToLock(Exception):
    """The transaction must start again and lock these identifiers as well (none: just the same ones)."""

    def __init__(self, keys: Collection[Key] = ()) -> None:
        super().__init__(f"{len(keys)} more identifiers to lock")
        self.keys = frozenset(keys)


@dataclass(frozen=True, slots=True)
class Locked:
    """Identifiers under lock. ids: of each; owners: the leads of those that have one; inserted: those just made."""

    ids: Mapping[Key, int]
    owners: Mapping[Key, int]
    inserted: frozenset[Key]


def lock_identifiers(wanted: Collection[Key], *, optional: Collection[Key] = (), now: datetime) -> Locked:
    """Lock these identifiers, inserting those of `wanted` that are missing; the `optional` may not exist.

    Raises MoreToLock when another transaction inserted one of them meanwhile.
    """
    keys = {*wanted, *optional}
    if not keys:
        return Locked({}, {}, frozenset())
    ids: dict[Key, int] = {}
    owners: dict[Key, int] = {}
    for pk, kind, value, lead_id in _lock_existing(keys):
        ids[kind, value] = pk
        if lead_id is not None:
            owners[kind, value] = lead_id
    missing = set(wanted) - ids.keys()
    if missing:
        ids |= _insert(missing, now)
    return Locked(ids, owners, frozenset(missing))


def lock_known_leads(lead_ids: Collection[int]) -> tuple[dict[int, KnownLead], dict[Key, int]]:
    """Lock leads in id order and return what identity must know of them, and all their identifiers."""
    if not lead_ids:
        return {}, {}
    sql = f"SELECT id, stage FROM leads_lead WHERE {listed('id', '%s')} ORDER BY id {for_update()}"  # noqa: S608
    known = {pk: KnownLead(pk, set(), STANDING[stage]) for pk, stage in fetch(sql, [as_list(lead_ids)])}
    theirs: dict[Key, int] = {}
    for kind, value, lead_id in Identifier.objects.filter(lead_id__in=one_of(known)).values_list(
        "kind", "value", "lead_id"
    ):
        known[lead_id].kinds.add(kind)
        theirs[kind, value] = lead_id
    return known, theirs


def _lock_existing(keys: Collection[Key]) -> list[tuple[int, str, str, int | None]]:
    values: dict[str, list[str]] = {}
    for kind, value in keys:
        values.setdefault(kind, []).append(value)
    # A step into the index for each kind; pairs in one list take the database twice as long to plan and to find.
    wanted = " OR ".join(f"(kind = %s AND {listed('value', '%s')})" for _ in values)
    sql = f"SELECT id, kind, value, lead_id FROM leads_identifier WHERE {wanted} ORDER BY kind, value {for_update()}"  # noqa: S608
    return fetch(sql, [part for kind, some in values.items() for part in (kind, as_list(some))])


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
        # Another transaction was first. To lock its rows now, out of order, might be to wait for each other.
        raise MoreToLock
    return inserted
