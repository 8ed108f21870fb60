"""Rebuild a survivor as if one of its merges had not happened.

Every statement about a lead has a time, and for each trait the latest one counts, in whatever order they arrive. So the
survivor is reset to its former state, and all statements are applied again except those about the lead that leaves.
"""

from collections.abc import Collection, Sequence
from copy import deepcopy

from django.db.models import Case, JSONField, Q, Value, When

from leads.events.record import EventRow
from leads.identity.remember import PROFILE, restored_fields
from leads.models import Event, Identifier, Lead, Merge
from leads.people.profile import TraitUpdate, apply_update, carry_over, trait_of
from leads.people.traits import KINDS_WITH_TRAITS

SOURCE = "source"  # derived from the events, see leads.events.touch


def first_to_rebuild(merge: Merge) -> Merge:
    """Return the survivor's merge to rebuild from: the earliest one that is undone, or this one.

    A later merge's record of the survivor still contains traits from merges that were undone afterwards.
    """
    merges = list(Merge.objects.filter(survivor=merge.survivor_id).order_by("pk"))
    gone = next(one for one in merges if one.pk == merge.pk or one.undone_at is not None)
    # Merges of one batch have the same record.
    return next(one for one in merges if one.merged_at == gone.merged_at)


def without_merge(merge: Merge, first: Merge, survivor: Lead) -> Lead:
    """Return the survivor as it was before the merge `first`, with all later merges applied except `merge`."""
    rebuilt = deepcopy(survivor)
    for name, value in restored_fields(first, PROFILE).items():
        setattr(rebuilt, name, value)
    later = Merge.objects.filter(survivor=survivor, pk__gte=first.pk, undone_at=None).exclude(pk=merge.pk)
    for other in later.select_related("absorbed").order_by("pk"):
        carry_over(other.absorbed, rebuilt)
        if chosen := other.before.get("choices"):
            apply_update(rebuilt, TraitUpdate(survivor.pk, chosen["time_key"], chosen["traits"]))
    return rebuilt


def events_since(merge: Merge, first: Merge, late: Sequence[Identifier]) -> list[EventRow]:
    """Return the events of both leads since the merge (of the survivor: since `first`), oldest first.

    Earlier events of visitors who became known by one of the `late` identifiers count as well. Only events that may
    contain traits are returned with properties.
    """
    known_late = Q(identifier__in=[identifier.pk for identifier in late])
    of_survivor = Q(lead=merge.survivor_id) & (Q(pk__gt=first.before["last_event"]) | known_late)
    of_absorbed = Q(lead=merge.absorbed_id) & (Q(pk__gt=merge.before["last_event"]) | known_late)
    properties = Case(
        When(kind__in=KINDS_WITH_TRAITS, then="properties"), default=Value({}, JSONField()), output_field=JSONField()
    )
    columns = ("message_id", "identifier_id", "lead_id", "kind", "name", "channel", "occurred_at")
    rows = Event.objects.filter(of_survivor | of_absorbed).order_by("occurred_at", "pk")
    return [EventRow(*row) for row in rows.values_list(*columns, properties, "signal")]


def keep_what_is_its_own(merge: Merge, survivor: Lead, rebuilt: Lead, *, foreign: Collection[str]) -> None:
    """Keep traits that the survivor got since by other ways than events, such as by hand.

    foreign: time keys of statements about the lead that leaves.
    """
    chosen = merge.before.get("choices", {}).get("time_key")
    for name, said in survivor.attribute_times.items():
        is_news = name != SOURCE and said > rebuilt.attribute_times.get(name, "")
        if is_news and said not in foreign and said != chosen:
            apply_update(rebuilt, TraitUpdate(survivor.pk, said, {name: trait_of(survivor, name)}))
