"""Organizations in events: found by group id, domain or name, created if missing."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from leads.bulk import new_ids
from leads.errors import InvalidValue
from leads.events.record import time_key
from leads.models import Organization
from leads.people.traits import ATTRIBUTE, ORGANIZATION_COLUMNS, Traits
from leads.rows import as_time, fetch, insert_rows, is_postgresql, update_rows

COLUMNS = (*ORGANIZATION_COLUMNS, "employee_count")
UNIQUE = ("external_id", "domain")
NAMES_LOCK = 5_302_471  # an arbitrary number, unique among our advisory locks
_EMPTY = {"employee_count": None}
TYPES = {
    **dict.fromkeys(ORGANIZATION_COLUMNS, "text"),
    "employee_count": "integer",
    "attributes": "jsonb",
    "attribute_times": "jsonb",
    "created_at": "timestamptz",
}


@dataclass(frozen=True, slots=True)
class CompanyUpdate:
    """What one event says about an organization.

    time_key: comparable. traits: always with something that identifies the organization. fills_only: only empty values
    are set.
    """

    time_key: str
    traits: Traits
    fills_only: bool = False


class Directory:
    """The organizations that some events are about, oldest first.

    made: not stored yet. written: with something to store. changed: with something that a score may depend on. before:
    by id, the replaced values, [value, its time] each. has_new_names: a group id or domain was added to one.
    """

    def __init__(self, organizations: Sequence[Organization]) -> None:
        self.made: list[Organization] = []
        self.written: set[int] = set()
        self.changed: set[int] = set()
        self.before: dict[int, dict[str, list[Any]]] = {}
        self.has_new_names = False
        self.show(organizations)

    def show(self, organizations: Sequence[Organization]) -> None:
        """Add these to the organizations that can be found."""
        self.organizations = list(organizations)
        self._places = {id(one): place for place, one in enumerate(self.organizations)}
        self._unique: dict[str, dict[str, Organization]] = {"external_id": {}, "domain": {}}
        self._named: dict[str, list[Organization]] = {}
        for one in self.organizations:
            for name in ("name", *UNIQUE):
                self._enter(one, name)

    def find(self, traits: Traits) -> Organization | None:
        """Return the organization that is meant: by group id, else by domain, else by name.

        An organization with another group id is never meant.
        """
        external_id, domain, name = (traits.get(key) or "" for key in ("external_id", "domain", "name"))
        found = self._unique["external_id"].get(external_id) if external_id else None
        if found is None and domain:
            found = _unless_another(self._unique["domain"].get(domain), external_id)
        if found is None and name and (namesakes := self._named.get(name.lower())):
            if not external_id:
                return namesakes[0]
            found = next((one for one in namesakes if _unless_another(one, external_id)), None)
        return found

    def apply(self, update: CompanyUpdate, *, now: datetime) -> None:
        """Set traits on the organization that is meant (created if missing), unless later ones contradict."""
        organization = self.find(update.traits)
        if organization is None:
            organization = Organization(created_at=now)
            self._places[id(organization)] = len(self.organizations)
            self.organizations.append(organization)
            self.made.append(organization)
        for name, value in update.traits.items():
            if self._may_say(update, organization, name) and self._is_free(name, value):
                self._set(organization, name, value, update.time_key)
        if not organization.name:
            organization.name = organization.domain or organization.external_id
            self._enter(organization, "name")

    def _may_say(self, update: CompanyUpdate, organization: Organization, name: str) -> bool:
        if update.fills_only and _get(organization, name):
            return False
        return update.time_key > organization.attribute_times.get(name, "")

    def _is_free(self, name: str, value: Any) -> bool:
        """Return whether a group id or domain is unused: it belongs to one organization and is not taken away."""
        return name not in UNIQUE or not value or value not in self._unique[name]

    def _set(self, organization: Organization, name: str, value: Any, time_key: str) -> None:
        known_since = organization.attribute_times.get(name, "")
        organization.attribute_times[name] = time_key
        before = _get(organization, name)
        if organization.pk:
            self.written.add(organization.pk)
            self.before.setdefault(organization.pk, {}).setdefault(name, [before, known_since])
        if before == value or (not before and not value):
            return
        if organization.pk:
            self.changed.add(organization.pk)
        self.has_new_names = self.has_new_names or name in UNIQUE
        self._leave(organization, name)
        if name in COLUMNS:
            setattr(organization, name, value if value is not None else _EMPTY.get(name, ""))
        elif value is None:
            organization.attributes.pop(name.removeprefix(ATTRIBUTE), None)
        else:
            organization.attributes[name.removeprefix(ATTRIBUTE)] = value
        self._enter(organization, name)

    def _enter(self, organization: Organization, name: str) -> None:
        """Make an organization findable under its current names; of several with one name the oldest counts."""
        if name in UNIQUE and (value := getattr(organization, name)):
            self._unique[name].setdefault(value, organization)
        elif name == "name" and organization.name:
            namesakes = self._named.setdefault(organization.name.lower(), [])
            insort(namesakes, organization, key=lambda one: self._places[id(one)])

    def _leave(self, organization: Organization, name: str) -> None:
        if name in UNIQUE and self._unique[name].get(getattr(organization, name)) is organization:
            del self._unique[name][getattr(organization, name)]
        elif name == "name" and organization.name:
            self._named[organization.name.lower()].remove(organization)


def _unless_another(organization: Organization | None, external_id: str) -> Organization | None:
    """Return the organization unless it has another group id."""
    is_another = organization is not None and external_id and organization.external_id not in ("", external_id)
    return None if is_another else organization


def look_up(companies: Iterable[Traits], *, lock: bool = False) -> Directory:
    """Return the organizations that these traits may mean, oldest first; one query."""
    companies = list(companies)
    if not companies:
        return Directory([])
    said = {key: {traits[key] for traits in companies if traits.get(key)} for key in ("external_id", "domain", "name")}
    # SQLite lowers only ASCII letters, so the name as written is searched too.
    matches = Q(external_id__in=said["external_id"]) | Q(domain__in=said["domain"]) | Q(name__in=said["name"])
    lowered = Q(lowered__in={name.lower() for name in said["name"]})
    meant = Organization.objects.annotate(lowered=Lower("name")).filter(matches | lowered).order_by("pk")
    return Directory(list(meant.select_for_update(no_key=True) if lock else meant))


def keep_organizations(updates: Sequence[CompanyUpdate], *, are_new: bool = False, now: datetime) -> Directory:
    """Create and change organizations; for each trait the latest value counts. A fixed number of statements.

    Call inside a transaction, before any other lock is taken. are_new: whether most of them don't exist yet, so that
    looking them up before locking would be pointless.
    """
    if not are_new:
        directory = _applied(updates, now)
        if not directory.made and not directory.written:
            return directory
    if are_new or directory.made or directory.has_new_names:
        _lock_names()
    directory = _applied(updates, now, lock=True)
    update_rows(
        "leads_organization", [_row(one) for one in directory.organizations if one.pk in directory.written], **TYPES
    )
    _insert(directory.made)
    return directory


def _insert(made: Sequence[Organization]) -> None:
    """Store new organizations and set their ids."""
    ids = new_ids(Organization, len(made))
    for one, pk in zip(made, ids, strict=True):
        one.pk = pk
    insert_rows("leads_organization", [_row(one) for one in made], id="bigint", **TYPES)


def _row(organization: Organization) -> dict[str, Any]:
    row = {name: getattr(organization, name) for name in TYPES}
    return {"id": organization.pk, **row, "created_at": as_time(organization.created_at)}


def _applied(updates: Sequence[CompanyUpdate], now: datetime, *, lock: bool = False) -> Directory:
    directory = look_up((update.traits for update in updates), lock=lock)
    for update in updates:
        directory.apply(update, now=now)
    return directory


def _lock_names() -> None:
    """Allow only one transaction at a time to add names by which others look up organizations."""
    if is_postgresql():
        fetch("SELECT pg_advisory_xact_lock(%s)::text", [NAMES_LOCK])


def _get(organization: Organization, name: str) -> Any:
    return getattr(organization, name) if name in COLUMNS else organization.attributes.get(name.removeprefix(ATTRIBUTE))


def organization_named(name: str, *, now: datetime) -> Organization:
    """Return the organization of this name, created if missing. Call first in a transaction."""
    update = CompanyUpdate(time_key(now, "by-hand"), {"name": name})
    found = look_up([update.traits]).find(update.traits) or keep_organizations([update], now=now).find(update.traits)
    if found is None:
        raise InvalidValue(f"An organization's name must be text, got {name!r}.")
    return found
