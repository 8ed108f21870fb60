"""Store traits of leads: for each trait the latest value counts, in whatever order the values arrive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.events.record import time_key
from leads.models import Lead
from leads.people.search import refresh_search
from leads.people.traits import ATTRIBUTE, LEAD_COLUMNS, Traits
from leads.rows import as_time, update_rows

# Traits in the search text, which are also compared to find duplicates. Numbers without a country are attributes.
SEARCHED = frozenset({"email", "phone", "first_name", "last_name", "organization", ATTRIBUTE + "phone"})


@dataclass(frozen=True, slots=True)
class TraitUpdate:
    """What one event says about one lead. time_key: comparable; the greater one is later.

    traits: as leads.people.traits reads them, and "organization" with an organization's id.
    """

    lead_id: int
    time_key: str
    traits: Traits


def update_profiles(updates: Iterable[TraitUpdate], *, absorbed: Mapping[int, int], created: Iterable[int]) -> None:
    """Apply traits to leads, and carry over those of absorbed leads; a fixed number of statements.

    Call while the leads are locked. absorbed: lead id -> survivor id. created: leads without a search text.
    """
    updates, created = list(updates), list(created)
    if not updates and not absorbed and not created:
        return
    involved = {update.lead_id for update in updates} | set(absorbed) | set(absorbed.values())
    leads = {lead.pk: lead for lead in Lead.objects.filter(pk__in=involved)}
    renamed = set(created)
    for old, survivor in absorbed.items():
        carry_over(leads[old], leads[survivor])
        renamed.add(survivor)
    for update in updates:
        if apply_update(leads[update.lead_id], update) & SEARCHED:
            renamed.add(update.lead_id)
    store_profiles([lead for pk, lead in leads.items() if pk not in absorbed])
    refresh_search(renamed)


def apply_update(lead: Lead, update: TraitUpdate) -> set[str]:
    """Set traits on a lead unless later values are known; return the names of those that changed."""
    changed = set()
    for name, value in update.traits.items():
        if update.time_key > lead.attribute_times.get(name, ""):
            lead.attribute_times[name] = update.time_key
            if trait_of(lead, name) != value:
                _set(lead, name, value)
                changed.add(name)
    return changed


def key_by_hand(lead: Lead, names: Iterable[str], *, what: str, now: datetime) -> str:
    """Return the time key of a manual change: greater than all known ones, even of events dated in the future."""
    said = (lead.attribute_times.get(name, "") for name in names)
    return max([time_key(now, what), *(f"{time}~" for time in said if time)])


def apply_list(lead: Lead, traits: Traits, *, said: str, overwrites: bool) -> dict[str, list[Any]]:
    """Set a file's traits on a lead; known values are only replaced if it overwrites.

    said: the time key of the file. Return what was changed, by name, as [former value, its time].
    """
    before: dict[str, list[Any]] = {}
    for name, value in traits.items():
        known, known_since = trait_of(lead, name), lead.attribute_times.get(name, "")
        if known == value or (known and not overwrites):
            continue
        before[name] = [known, known_since]
        _set(lead, name, value)
        # A user's decision, so it counts as the latest even against events dated in the future.
        lead.attribute_times[name] = said if said >= known_since else f"{known_since}~"
    return before


def take_back(lead: Lead, before: Mapping[str, Sequence[Any]], *, said: str) -> list[str]:
    """Restore a lead's values from before a file changed them; return the names of those changed since."""
    changed_since = []
    for name, (value, known_since) in before.items():
        time = lead.attribute_times.get(name, "")
        if time == known_since or time.rstrip("~") not in (said, known_since.rstrip("~")):
            changed_since.append(name)
            continue
        _set(lead, name, value)
        lead.attribute_times.pop(name, None)
        if known_since:
            lead.attribute_times[name] = known_since
    return changed_since


def carry_over(old: Lead, survivor: Lead) -> None:
    """Give a survivor the traits of a lead that is merged into it, if they are later or missing."""
    names = ["organization", *LEAD_COLUMNS, *(ATTRIBUTE + name for name in old.attributes)]
    emptied = [name for name in old.attribute_times if name.startswith(ATTRIBUTE) and name not in names]
    for name in [*names, *emptied]:
        said, known = old.attribute_times.get(name, ""), survivor.attribute_times.get(name, "")
        value = trait_of(old, name)
        if said > known or (said == known and value and not trait_of(survivor, name)):
            _set(survivor, name, value)
            if said:
                survivor.attribute_times[name] = said
    _carry_over_source(old, survivor)
    if old.last_event_kind and (
        not survivor.last_event_kind
        or (old.last_event_at, old.last_event_kind) > (survivor.last_event_at, survivor.last_event_kind)
    ):
        survivor.last_event_at, survivor.last_event_kind = old.last_event_at, old.last_event_kind
    survivor.created_at = min(survivor.created_at, old.created_at)


def _carry_over_source(old: Lead, survivor: Lead) -> None:
    """Set the source to the channel of whichever lead's first event was earlier."""
    if old.source and (not survivor.source or _since(old) < _since(survivor)):
        survivor.source = old.source
        survivor.attribute_times.pop("source", None)
        if _since(old):
            survivor.attribute_times["source"] = _since(old)


def _since(lead: Lead) -> str:
    since: str = lead.attribute_times.get("source", "")
    return since


def trait_of(lead: Lead, name: str) -> Any:
    """Return the value of a trait: a column, an organization's id, or "attributes.<name>"."""
    if name == "organization":
        return lead.organization_id
    if name in LEAD_COLUMNS:
        return getattr(lead, name)
    return lead.attributes.get(name.removeprefix(ATTRIBUTE))


def _set(lead: Lead, name: str, value: Any) -> None:
    if name == "organization":
        lead.organization_id = value
    elif name in LEAD_COLUMNS:
        setattr(lead, name, value or "")
    elif value is None:
        lead.attributes.pop(name.removeprefix(ATTRIBUTE), None)
    else:
        lead.attributes[name.removeprefix(ATTRIBUTE)] = value


def store_profiles(leads: Sequence[Lead]) -> None:
    """Write the traits of these leads in one statement."""
    columns = {
        **dict.fromkeys(LEAD_COLUMNS, "text"),
        "organization_id": "bigint",
        "attributes": "jsonb",
        "attribute_times": "jsonb",
        "source": "text",
        "last_event_at": "timestamptz",
        "last_event_kind": "text",
        "created_at": "timestamptz",
    }
    rows = [{"id": lead.pk, **{name: _stored(getattr(lead, name)) for name in columns}} for lead in leads]
    update_rows("leads_lead", rows, **columns)


def _stored(value: Any) -> Any:
    return as_time(value) if isinstance(value, datetime) else value
