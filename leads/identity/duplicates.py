"""Possible duplicates: pairs of leads for a person to decide about."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from leads.audit.record import record_audit
from leads.errors import MergeRefused
from leads.identity.resolve import Doubt
from leads.models import DuplicateCandidate, DuplicateOrigin, Lead, User
from leads.rows import as_time, given, run

Pair = tuple[int, int]


def note_duplicates(
    pairs: Mapping[Pair, Doubt], *, origin: DuplicateOrigin = DuplicateOrigin.IDENTIFIERS, now: datetime
) -> None:
    """Store pairs of lead ids, smaller id first, in one statement; for a known pair the stronger reason stays.

    A dismissed pair stays dismissed.
    """
    if not pairs:
        return
    rows = [
        {"first_id": first, "second_id": second, "reason": doubt.reason[:300], "strength": doubt.strength}
        for (first, second), doubt in sorted(pairs.items())
    ]
    table, parameters = given(rows, first_id="bigint", second_id="bigint", reason="text", strength="smallint")
    sql = f"""
        INSERT INTO leads_duplicatecandidate (first_id, second_id, reason, strength, origin, created_at)
        SELECT first_id, second_id, reason, strength, %s, %s FROM {table} WHERE true
        ON CONFLICT (first_id, second_id) DO UPDATE
        SET reason = excluded.reason, strength = excluded.strength, origin = excluded.origin
        WHERE leads_duplicatecandidate.dismissed_at IS NULL
          AND leads_duplicatecandidate.strength < excluded.strength
    """  # noqa: S608 - names of our own
    run(sql, [str(origin), as_time(now), *parameters])


def pairs_of(lead_ids: Collection[int]) -> "QuerySet[DuplicateCandidate]":
    """Return the pairs with one of these leads, including dismissed ones."""
    return DuplicateCandidate.objects.filter(Q(first_id__in=lead_ids) | Q(second_id__in=lead_ids))


def pairs_kept_apart(lead_ids: Collection[int]) -> list[Pair]:
    """Return those pairs of these leads that somebody decided are two people."""
    dismissed = DuplicateCandidate.objects.filter(
        first_id__in=lead_ids, second_id__in=lead_ids, dismissed_at__isnull=False
    )
    return list(dismissed.values_list("first_id", "second_id"))


def move_duplicates(absorbed: Mapping[int, int], pairs: Collection[DuplicateCandidate]) -> None:
    """Move the pairs of absorbed leads to their survivors; pairs that became one lead are deleted.

    pairs: all pairs of the absorbed leads. If the survivor already has the same pair, that one stays.
    """
    moved = []
    for pair in pairs:
        first, second = sorted(
            (absorbed.get(pair.first_id, pair.first_id), absorbed.get(pair.second_id, pair.second_id))
        )
        if first != second:
            moved.append(copy_of(pair, first, second))
    DuplicateCandidate.objects.filter(pk__in=[pair.pk for pair in pairs]).delete()
    DuplicateCandidate.objects.bulk_create(moved, ignore_conflicts=True)


def copy_of(pair: DuplicateCandidate, first: int, second: int) -> DuplicateCandidate:
    """Return a copy of a pair for other leads, not stored; the smaller id comes first."""
    first, second = sorted((first, second))
    return DuplicateCandidate(
        first_id=first,
        second_id=second,
        reason=pair.reason,
        strength=pair.strength,
        origin=pair.origin,
        dismissed_at=pair.dismissed_at,
        dismissed_by_id=pair.dismissed_by_id,
        created_at=pair.created_at,
    )


@transaction.atomic
def dismiss_pair(one_id: int, other_id: int, *, by: User, now: datetime) -> None:
    """Decide that two leads are different people: the pair is not shown again and never merged automatically.

    Raises MergeRefused if one of them is gone or was merged into another.
    """
    first, second = sorted((one_id, other_id))
    if first == second or Lead.objects.current().filter(pk__in=(first, second)).count() != 2:
        raise MergeRefused("One of the two leads is gone or was merged into another meanwhile.")
    said = {"dismissed_at": now, "dismissed_by": by}
    new = {"reason": "Somebody compared them.", "created_at": now, **said}
    DuplicateCandidate.objects.update_or_create(
        first_id=first, second_id=second, defaults=said, create_defaults={"first_id": first, "second_id": second, **new}
    )
    record_audit("duplicate dismissed", f"leads {first} and {second}", by=by, now=now)


@transaction.atomic
def reopen_pair(one_id: int, other_id: int, *, by: User, now: datetime) -> None:
    """Take back the decision that two leads are different people; the pair is undecided again."""
    first, second = sorted((one_id, other_id))
    noted = DuplicateCandidate.objects.filter(first_id=first, second_id=second, dismissed_at__isnull=False)
    if not noted.update(dismissed_at=None, dismissed_by=None):
        raise MergeRefused("Nobody said that these two leads are not the same person.")
    record_audit("duplicate reopened", f"leads {first} and {second}", by=by, now=now)
