"""What two leads would be after a merge: for each trait the latest value, unless a user chooses."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, Literal

from leads.errors import InvalidValue, MergeRefused
from leads.identity.resolve import HELD, STANDING
from leads.models import Lead
from leads.people.profile import TraitUpdate, apply_update, carry_over, key_by_hand, trait_of
from leads.people.traits import ATTRIBUTE, LEAD_COLUMNS, Traits

Side = Literal["survivor", "absorbed"]
SIDES = ("survivor", "absorbed")
# Trait name -> whose value a user wants.
Choices = Mapping[str, str]


def usual_survivor(one: Lead, other: Lead) -> Lead:
    """Return the default survivor: the more advanced lead, or else the older one."""
    return max(one, other, key=lambda lead: (STANDING[lead.stage], -lead.created_at.timestamp(), -lead.pk))


def is_held(lead: Lead) -> bool:
    """Return whether a lead is being worked on: claimed, or a customer."""
    return STANDING[lead.stage] >= HELD


def check_survivor(survivor: Lead, absorbed: Lead) -> None:
    """Raise MergeRefused if these two can't be merged this way round."""
    if survivor.pk == absorbed.pk:
        raise MergeRefused("A lead can't be merged with itself.")
    for lead in (survivor, absorbed):
        if lead.merged_into_id is not None:
            raise MergeRefused(f"Lead {lead.pk} was merged into lead {lead.merged_into_id} already.")
    if is_held(absorbed) and not is_held(survivor):
        raise MergeRefused(
            f"{absorbed.display_name} is {absorbed.get_stage_display().lower()} and so must be the one that stays."
        )


def trait_names(one: Lead, other: Lead) -> list[str]:
    """Return the names of all traits of either lead, columns first."""
    attributes = sorted({*one.attributes, *other.attributes}, key=str.lower)
    return [*LEAD_COLUMNS, "organization", *(ATTRIBUTE + name for name in attributes)]


def check_choices(choices: Choices, survivor: Lead, absorbed: Lead) -> None:
    """Raise InvalidValue for the first invalid choice."""
    names = trait_names(survivor, absorbed)
    for name, side in choices.items():
        if name not in names:
            raise InvalidValue(f"{name[:60]!r} is nothing that either lead has; expected some of {', '.join(names)}.")
        if side not in SIDES:
            raise InvalidValue(f"{name} must be one of {', '.join(SIDES)}, got {str(side)[:60]!r}.")


def merged_profile(
    survivor: Lead, absorbed: Lead, choices: Choices, *, now: datetime
) -> tuple[Lead, TraitUpdate | None]:
    """Return the survivor as the merge would leave it, not stored, and the traits to set by hand, if any.

    A choice that equals the result anyway is not recorded, so that a later event may still change the value.
    """
    outcome = deepcopy(survivor)
    carry_over(deepcopy(absorbed), outcome)
    update = _update_by_hand(outcome, survivor, absorbed, choices, now)
    if update is not None:
        apply_update(outcome, update)
    return outcome, update


def _update_by_hand(
    outcome: Lead, survivor: Lead, absorbed: Lead, choices: Choices, now: datetime
) -> TraitUpdate | None:
    traits: Traits = {}
    for name, side in choices.items():
        wanted: Any = trait_of(absorbed if side == "absorbed" else survivor, name)
        if wanted != trait_of(outcome, name):
            traits[name] = wanted if wanted not in ("", None) else None
    return TraitUpdate(survivor.pk, key_by_hand(outcome, traits, what="merge", now=now), traits) if traits else None
