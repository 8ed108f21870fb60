"""Give a lead an identifier by hand."""

from collections.abc import Collection
from datetime import datetime

from leads.errors import InvalidValue
from leads.identity.keys import Key
from leads.identity.locks import lock_identifiers, lock_known_leads
from leads.models import Identifier, IdentifierKind


def refuse_taken(keys: Collection[Key], *, lead_id: int) -> None:
    """Raise InvalidValue if one of these identifiers belongs to another lead."""
    for kind, value in keys:
        other = Identifier.objects.filter(kind=kind, value=value).exclude(lead=None).exclude(lead_id=lead_id).first()
        if other is not None:
            raise _taken((kind, value), other.lead_id)


def assign_identifiers(keys: Collection[Key], *, lead_id: int, now: datetime) -> None:
    """Bind e-mail addresses and phone numbers to a lead; its former ones stay bound to it.

    Call inside a transaction, before other locks are taken. Raises InvalidValue if one belongs to another lead, and
    MoreToLock if the transaction must be restarted.
    """
    locked = lock_identifiers(keys, now=now)
    for key, owner in locked.owners.items():
        if owner != lead_id:
            raise _taken(key, owner)
    lock_known_leads([lead_id])
    Identifier.objects.filter(pk__in=locked.ids.values(), lead=None).update(lead_id=lead_id)


def _taken(key: Key, lead_id: int | None) -> InvalidValue:
    label = IdentifierKind(key[0]).label
    return InvalidValue(f"{label} {key[1]} is that of lead {lead_id} already; merge the two instead.")
