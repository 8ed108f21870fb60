"""Record what a merge changes, so that it can be undone exactly.

Of the survivor: everything that a merge, scoring or time may change in its row. Of both: who held which identifier, and
the highest ids of events and stage changes, so that later ones can be recognised. An absorbed lead's row stays as it
was and needs no copy.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import DateField, Max, Model

from leads.identity.duplicates import pairs_of
from leads.models import DuplicateCandidate, Event, Identifier, Lead, Merge, StageChange, User

PROFILE = (
    *("email", "phone", "first_name", "last_name", "title", "country", "organization_id", "attributes"),
    *("attribute_times", "source", "last_event_at", "last_event_kind", "created_at"),
)
STAGE_COLUMNS = ("stage", "stage_changed_at", "recycled_at", "retry_on", "disqualified_at", "respond_by")
PAIR = ("first_id", "second_id", "reason", "strength", "origin", "dismissed_at", "dismissed_by_id", "created_at")


def remember_merges(
    absorbed: Mapping[int, int], reasons: Mapping[int, str], *, by: User | None, now: datetime
) -> tuple[list[Merge], list[DuplicateCandidate]]:
    """Return the records of merges about to be made, not stored yet, and the pairs of the absorbed leads.

    Call while the leads and their identifiers are locked; a fixed number of queries.
    """
    involved = {*absorbed, *absorbed.values()}
    survivors = Lead.objects.in_bulk(set(absorbed.values()))
    held = _grouped(Identifier.objects.filter(lead_id__in=involved).order_by("pk").values_list("lead_id", "pk"))
    followers = Lead.objects.filter(merged_into_id__in=absorbed).order_by("pk").values_list("merged_into_id", "pk")
    absorbed_before = _grouped(followers)
    pairs = list(pairs_of(involved).order_by("pk"))
    counters = {"last_event": _last(Event), "last_stage_change": _last(StageChange)}
    merges = [
        Merge(
            survivor_id=new,
            absorbed_id=old,
            reason=reasons.get(old, "")[:400],
            merged_by=by,
            merged_at=now,
            before={
                "survivor": _fields(survivors[new], (*PROFILE, *STAGE_COLUMNS)),
                "identifiers": {"survivor": held[new], "absorbed": held[old]},
                "absorbed_before": absorbed_before[old],
                "pairs": [_fields(pair, PAIR) for pair in _concerning(pairs, {old, new})],
                **counters,
            },
        )
        for old, new in absorbed.items()
    ]
    return merges, _concerning(pairs, absorbed)


def restored_fields(merge: Merge, names: Iterable[str]) -> dict[str, Any]:
    """Return the survivor's columns as they were before the merge."""
    return {name: _restored(Lead, name, merge.before["survivor"][name]) for name in names}


def restored_pairs(merge: Merge) -> list[DuplicateCandidate]:
    """Return the pairs of both leads before the merge, as new objects."""
    return [
        DuplicateCandidate(**{name: _restored(DuplicateCandidate, name, value) for name, value in row.items()})
        for row in merge.before["pairs"]
    ]


def _concerning(pairs: Iterable[DuplicateCandidate], lead_ids: Collection[int]) -> list[DuplicateCandidate]:
    return [pair for pair in pairs if pair.first_id in lead_ids or pair.second_id in lead_ids]


def _grouped(pairs: Iterable[tuple[Any, int]]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for owner, pk in pairs:
        groups[owner].append(pk)
    return groups


def _last(model: type[Model]) -> int:
    """Return the highest id. Rows of leads that are locked now will get a higher one."""
    return model._default_manager.aggregate(last=Max("pk"))["last"] or 0


def _fields(row: Model, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    # With microseconds, which Django's encoder would cut off.
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _restored(model: type[Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name.removesuffix("_id"))
    return field.to_python(value) if isinstance(field, DateField) else value
