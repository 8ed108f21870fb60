"""What else hangs on a lead goes along when it is merged, and back when the merge is undone.

Every table that points to a lead goes along, whoever adds it, but for those below and those that the database allows
once a lead: such a row stays with its lead, and is there again when that stands for itself again.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import ForeignKey, UniqueConstraint

from leads.models import DuplicateCandidate, Event, Identifier, Lead, LeadSearch, MatchKey, Merge, StageChange
from leads.rows import fetch, given, places, run

# Moved or kept by rules of their own.
ON_THEIR_OWN = (DuplicateCandidate, Event, Identifier, Lead, LeadSearch, MatchKey, Merge, StageChange)


def move_followers(absorbed: Mapping[int, int], merges: Sequence[Merge]) -> None:
    """Give what hangs on absorbed leads to their survivors and note in each merge which rows; a statement a table."""
    of_lead = {merge.absorbed_id: merge for merge in merges}
    for merge in merges:
        merge.before["followers"] = {}
    rows = [{"old": old, "new": new} for old, new in absorbed.items()]
    for table, column, key in tables():
        # Who had the row is in no place any more once it has moved, so it is read first.
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
    """Give back what hung on the absorbed lead and is still the survivor's."""
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
    """Return table, column and primary key of everything that goes along with a lead."""
    return tuple((field.model._meta.db_table, field.column, str(field.model._meta.pk.column)) for field in _fields())


def _fields() -> "Iterator[ForeignKey[Any, Any]]":
    for relation in Lead._meta.related_objects:
        field = relation.field
        if isinstance(field, ForeignKey) and field.model not in ON_THEIR_OWN and not _is_once(field):
            yield field


def _is_once(field: "ForeignKey[Any, Any]") -> bool:
    """Tell whether the database allows a row like this only once a lead."""
    options = field.model._meta
    constraints = (constraint for constraint in options.constraints if isinstance(constraint, UniqueConstraint))
    return (
        field.unique
        or any(field.name in constraint.fields for constraint in constraints)
        or any(field.name in together for together in options.unique_together)
    )
