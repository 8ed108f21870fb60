"""Pairs of leads that may be one person: noted for a person to decide."""

from collections.abc import Mapping
from datetime import datetime

from leads.models import DuplicateCandidate


def note_duplicates(pairs: Mapping[tuple[int, int], str], *, now: datetime) -> None:
    """Store pairs of lead ids, smaller id first, each with the reason; a pair that is noted keeps its first reason."""
    DuplicateCandidate.objects.bulk_create(
        (
            DuplicateCandidate(first_id=first, second_id=second, reason=reason, created_at=now)
            for (first, second), reason in pairs.items()
        ),
        ignore_conflicts=True,
    )


def move_duplicates(absorbed: Mapping[int, int], *, now: datetime) -> None:
    """Let the pairs of absorbed leads be pairs of their survivors; those that have become one lead are gone."""
    pairs = DuplicateCandidate.objects.filter(first_id__in=absorbed) | DuplicateCandidate.objects.filter(
        second_id__in=absorbed
    )
    moved: dict[tuple[int, int], str] = {}
    for pair in pairs:
        first, second = sorted(
            (absorbed.get(pair.first_id, pair.first_id), absorbed.get(pair.second_id, pair.second_id))
        )
        if first != second:
            moved[first, second] = pair.reason
    pairs.delete()
    note_duplicates(moved, now=now)
