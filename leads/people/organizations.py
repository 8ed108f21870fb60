"""Organizations as events speak of them: found by group id, domain or name, made where there is none."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from leads.errors import InvalidValue
from leads.events.record import time_key
from leads.models import Organization
from leads.people.traits import ATTRIBUTE, ORGANIZATION_COLUMNS, Traits
from leads.rows import as_time, fetch, insert_rows, is_postgresql, update_rows

COLUMNS = (*ORGANIZATION_COLUMNS, "employee_count")
UNIQUE = ("external_id", "domain")
NAMES_LOCK = 5_302_471  # any number that no other lock has
_EMPTY = {"employee_count": None}
TYPES = {
    **dict.fromkeys(ORGANIZATION_COLUMNS, "text"),
    "employee_count": "integer",
    "attributes": "jsonb",
    "attribute_times": "jsonb",
    "created_at": "timestamptz",
}


@dataclass(frozen=True, slots=True)
class CompanyWord:
    """What one event says about an organization. time_key: comparable; traits: never without a way to tell it apart."""

    time_key: str
    traits: Traits


@dataclass(slots=True)
class Directory:
    """The organizations that some events speak of. made: not stored yet. written: with anything to store.

    changed: with something that a score may be computed from. has_new_names: a group id or domain was given to one.
    """

    organizations: list[Organization]
    made: list[Organization] = field(default_factory=list)
    written: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    has_new_names: bool = False

    def find(self, traits: Traits) -> Organization | None:
        """Return the organization that is meant: the same group id, else the same domain, else the same name.

        One whose group id is another is never meant.
        """
        external_id, domain, name = (traits.get(key) or "" for key in ("external_id", "domain", "name"))
        possible = [one for one in self.organizations if not external_id or one.external_id in ("", external_id)]
        tests: tuple[Callable[[Organization], bool], ...] = (
            lambda one: bool(external_id) and one.external_id == external_id,
            lambda one: bool(domain) and one.domain == domain,
            lambda one: bool(name) and one.name.lower() == name.lower(),
        )
        return next((one for test in tests for one in possible if test(one)), None)

    def apply(self, word: CompanyWord, *, now: datetime) -> None:
        """Set on the organization that is meant, made where there is none, what nothing later contradicts."""
        organization = self.find(word.traits)
        if organization is None:
            organization = Organization(created_at=now)
            self.organizations.append(organization)
            self.made.append(organization)
        for name, value in word.traits.items():
            if word.time_key > organization.attribute_times.get(name, "") and self._is_free(name, value):
                self._set(organization, name, value, word.time_key)
        organization.name = organization.name or organization.domain or organization.external_id

    def _is_free(self, name: str, value: Any) -> bool:
        """A group id or a domain is one organization's; what is taken is not taken away."""
        return name not in UNIQUE or all(getattr(one, name) != value for one in self.organizations) or not value

    def _set(self, organization: Organization, name: str, value: Any, time_key: str) -> None:
        organization.attribute_times[name] = time_key
        before = _get(organization, name)
        if organization.pk:
            self.written.add(organization.pk)
        if before == value or (not before and not value):
            return
        if organization.pk:
            self.changed.add(organization.pk)
        self.has_new_names = self.has_new_names or name in UNIQUE
        if name in COLUMNS:
            setattr(organization, name, value if value is not None else _EMPTY.get(name, ""))
        elif value is None:
            organization.attributes.pop(name.removeprefix(ATTRIBUTE), None)
        else:
            organization.attributes[name.removeprefix(ATTRIBUTE)] = value


def look_up(companies: Iterable[Traits], *, lock: bool = False) -> Directory:
    """Read the organizations that these traits may mean, oldest first; one query."""
    companies = list(companies)
    if not companies:
        return Directory([])
    said = {key: {traits[key] for traits in companies if traits.get(key)} for key in ("external_id", "domain", "name")}
    # The embedded database lowers only ASCII letters, so the name as it is written counts too.
    matches = Q(external_id__in=said["external_id"]) | Q(domain__in=said["domain"]) | Q(name__in=said["name"])
    lowered = Q(lowered__in={name.lower() for name in said["name"]})
    meant = Organization.objects.annotate(lowered=Lower("name")).filter(matches | lowered).order_by("pk")
    return Directory(list(meant.select_for_update(no_key=True) if lock else meant))


def keep_organizations(words: Sequence[CompanyWord], *, now: datetime) -> Directory:
    """Make and change organizations as these words say; the later word counts. A fixed number of statements.

    Call inside a transaction, before any other lock is taken.
    """
    directory = _applied(words, now)
    if not directory.made and not directory.written:
        return directory
    if directory.made or directory.has_new_names:
        _lock_names()
    directory = _applied(words, now, lock=True)
    update_rows(
        "leads_organization", [_row(one) for one in directory.organizations if one.pk in directory.written], **TYPES
    )
    if directory.made:
        insert_rows("leads_organization", [_row(one) for one in directory.made], **TYPES)
        directory.organizations = look_up(word.traits for word in words).organizations
    return directory


def _row(organization: Organization) -> dict[str, Any]:
    row = {name: getattr(organization, name) for name in TYPES}
    return {"id": organization.pk, **row, "created_at": as_time(organization.created_at)}


def _applied(words: Sequence[CompanyWord], now: datetime, *, lock: bool = False) -> Directory:
    directory = look_up((word.traits for word in words), lock=lock)
    for word in words:
        directory.apply(word, now=now)
    return directory


def _lock_names() -> None:
    """Let only one transaction at a time give organizations names by which others will look for them."""
    if is_postgresql():
        fetch("SELECT pg_advisory_xact_lock(%s)::text", [NAMES_LOCK])


def _get(organization: Organization, name: str) -> Any:
    return getattr(organization, name) if name in COLUMNS else organization.attributes.get(name.removeprefix(ATTRIBUTE))


def organization_named(name: str, *, now: datetime) -> Organization:
    """Return the organization of this name, made where there is none. Call inside a transaction, first of all."""
    word = CompanyWord(time_key(now, "by-hand"), {"name": name})
    found = look_up([word.traits]).find(word.traits) or keep_organizations([word], now=now).find(word.traits)
    if found is None:
        raise InvalidValue(f"An organization's name must be text, got {name!r}.")
    return found
