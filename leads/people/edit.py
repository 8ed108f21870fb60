"""Edit a lead by hand. Values entered by a person count until a later event says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction

from leads.audit.record import record_audit
from leads.errors import InvalidValue
from leads.events.due import mark_due
from leads.identity.assign import assign_identifiers, refuse_taken
from leads.identity.keys import Key, normal_email, normal_phone
from leads.identity.locks import MoreToLock
from leads.models import Lead, LeadKind, User
from leads.people.profile import TraitUpdate, key_by_hand, update_profiles
from leads.people.traits import ATTRIBUTE, LEAD_COLUMNS, Traits

ATTEMPTS = 3
EDITABLE = (*LEAD_COLUMNS, "kind", "organization", "attributes")


class InvalidField(InvalidValue):
    """A value that can't be stored. field: the name of the lead's field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes in stored form. keys: new identifiers."""

    traits: Traits
    kind: str | None
    keys: tuple[Key, ...]


def edit_lead(lead: Lead, changes: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Change fields of a lead and mark it due for scoring.

    changes: new values by field (EDITABLE); organization: an Organization or None; attributes: all of them. A new
    e-mail address or phone number becomes another identifier. Raises InvalidField, which names the field; nothing is
    stored then.
    """
    edit = read_edit(lead, changes)
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _store(lead, edit, sorted(changes), by, now)
        except MoreToLock:
            continue
    raise OperationalError(f"Lead {lead.pk} is being identified by too many at the same time.")


def check_edit(lead: Lead, changes: Mapping[str, Any]) -> None:
    """Raise InvalidField if `edit_lead` would, as far as that can be checked without storing anything."""
    for key in read_edit(lead, changes).keys:
        try:
            refuse_taken([key], lead_id=lead.pk)
        except InvalidValue as error:
            raise InvalidField(key[0], str(error)) from error


def _store(lead: Lead, edit: Edit, fields: list[str], by: User, now: datetime) -> None:
    assign_identifiers(edit.keys, lead_id=lead.pk, now=now)
    mark_due([lead.pk], now=now)
    current = Lead.objects.get(pk=lead.pk)
    if current.merged_into_id is not None:
        raise InvalidValue(f"Lead {lead.pk} was merged into lead {current.merged_into_id}; change that one.")
    last = key_by_hand(current, edit.traits, what="edit", now=now)
    update_profiles([TraitUpdate(lead.pk, last, edit.traits)], absorbed={}, created=())
    if edit.kind is not None:
        Lead.objects.filter(pk=lead.pk).update(kind=edit.kind)
    record_audit("lead edited", f"lead {lead.pk}: {', '.join(fields)}", by=by, now=now)


def read_edit(lead: Lead, changes: Mapping[str, Any]) -> Edit:
    """Validate the changes and convert them to stored form."""
    traits: Traits = {}
    for field, value in changes.items():
        if field == "attributes":
            traits |= _attributes(lead, value)
        elif field == "organization":
            traits["organization"] = value.pk if value is not None else None
        elif field in LEAD_COLUMNS:
            traits[field] = _text(field, value) or None
        elif field != "kind":
            raise InvalidField(field, f"{field} can't be changed by hand; expected one of {', '.join(EDITABLE)}.")
    keys = tuple((kind, traits[kind]) for kind in ("email", "phone") if traits.get(kind))
    return Edit(traits, _kind(changes.get("kind")), keys)


def _text(field: str, value: Any) -> str:
    text = str(value or "").strip()
    if len(text) > LEAD_COLUMNS[field]:
        raise InvalidField(field, f"{field} must be at most {LEAD_COLUMNS[field]} characters, got {len(text)}.")
    if field == "email" and text:
        return _normal(field, text, normal_email(text), "an e-mail address")
    if field == "phone" and text:
        return _normal(field, text, normal_phone(text), "a phone number with the country's code, such as +46705550142")
    return text


def _normal(field: str, text: str, normal: str, expected: str) -> str:
    if not normal:
        raise InvalidField(field, f"{field} must be {expected}, got {text!r}.")
    return normal


def _kind(value: Any) -> str | None:
    if value is not None and value not in LeadKind.values:
        raise InvalidField("kind", f"kind must be one of {', '.join(LeadKind.values)}, got {value!r}.")
    return value


def _attributes(lead: Lead, attributes: Any) -> Traits:
    """Return the attributes that are new, changed or removed."""
    if not isinstance(attributes, Mapping):
        raise InvalidField("attributes", f"attributes must be an object of names and values, got {attributes!r}.")
    names = {*attributes, *lead.attributes}
    changed = (name for name in names if attributes.get(name) != lead.attributes.get(name))
    return {ATTRIBUTE + name: attributes.get(name) for name in changed}
