"""Rows that point to a lead move along when it is merged, and back when the merge is undone.

This holds for every table with a reference to leads, except those below and those with a uniqueness constraint per
lead: such a row stays with its lead and is visible again when the merge is undone.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import ForeignKey, UniqueConstraint

from leads.models import DuplicateCandidate, Event, Identifier, Lead, LeadSearch, MatchKey, Merge, StageChange
from leads.rows import fetch, given, places, run

# Tables with rules of their own.
ON_THEIR_OWN = (DuplicateCandidate, Event, Identifier, Lead, LeadSearch, MatchKey, Merge, StageChange)


def move_followers(absorbed: Mapping[int, int], merges: Sequence[Merge]) -> None:
    """Move rows of absorbed leads to their survivors and record in each merge which rows; one statement per table."""
    of_lead = {merge.absorbed_id: merge for merge in merges}
    for merge in merges:
        merge.before["followers"] = {}
    rows = [{"old": old, "new": new} for old, new in absorbed.items()]
    for table, column, key in tables():
        # Read first: once moved, a row no longer tells whose it was.
        held = fetch(
            f"SELECT {key}, {column} FROM {table} WHERE {column} IN ({places(rows)}) ORDER BY {key}",  # noqa: S608
            [row["old"] for row in rows],
        )
        if not held:
            continue
        for pk, lead_id in held:
            of_lead[lead_id].before["followers"].setdefault(f"{table}.{column}", []).append(pk)
        source, parameters = given(rows, old="bigint", new="bigint")
        run(
            f"UPDATE {table} SET {column} = given.new FROM {source} WHERE {table}.{column} = given.old",  # noqa: S608
            parameters,
        )


def return_followers(merge: Merge) -> None:
    """Move back the rows of the absorbed lead that the survivor still has."""
    known = {f"{table}.{column}": (table, column, key) for table, column, key in tables()}
    for name, pks in merge.before["followers"].items():
        if name in known:
            table, column, key = known[name]
            run(
                f"UPDATE {table} SET {column} = %s WHERE {column} = %s AND {key} IN ({places(pks)})",  # noqa: S608
                [merge.absorbed_id, merge.survivor_id, *pks],
            )


@cache
def tables() -> tuple[tuple[str, str, str], ...]:
    """Return table, column and primary key of everything that moves along with a lead."""
    return tuple((field.model._meta.db_table, field.column, str(field.model._meta.pk.column)) for field in _fields())


def _fields() -> "Iterator[ForeignKey[Any, Any]]":
    for relation in Lead._meta.related_objects:
        field = relation.field
        if isinstance(field, ForeignKey) and field.model not in ON_THEIR_OWN and not _is_once(field):
            yield field


def _is_once(field: "ForeignKey[Any, Any]") -> bool:
    """Return whether the database allows such a row only once per lead."""
    options = field.model._meta
    constraints = (constraint for constraint in options.constraints if isinstance(constraint, UniqueConstraint))
    return (
        field.unique
        or any(field.name in constraint.fields for constraint in constraints)
        or any(field.name in together for together in options.unique_together)
    )
