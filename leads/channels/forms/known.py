"""Returning visitors: recognised only by a token that we issued, never by what is typed.

A token in a mail proves access to that mailbox, so it covers everything known of the lead. A token given out with a
submission covers only the questions that this browser has answered: typing somebody else's address reveals nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from leads.identity.keys import Key
from leads.models import Identifier, Lead

SALT = "leads.forms.known"
DAYS = 180
LONGEST_TOKEN = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """A recognised visitor. names: the fields that need not be asked again."""

    identifier_id: int
    key: Key
    names: frozenset[str]


def known_by_answers(identifier_id: int, names: Iterable[str]) -> str:
    """Return the token for a browser that has just given these answers."""
    return signing.dumps({"i": identifier_id, "n": sorted(names)}, salt=SALT)


def known_by_mail(identifier_id: int) -> str:
    """Return the token for a link in a mail to this address; use it nowhere else."""
    return signing.dumps({"i": identifier_id}, salt=SALT)


def read_known(token: str) -> Known | None:
    """Return the visitor of a token; None if it is not ours, too old, or the lead is gone."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        told = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        return None
    identifier = Identifier.objects.select_related("lead__organization").filter(pk=told["i"]).first()
    if identifier is None:
        return None
    names = frozenset(told["n"]) if "n" in told else _known_of(identifier.lead)
    return Known(identifier.pk, (identifier.kind, identifier.value), names | {identifier.kind})


def _known_of(lead: Lead | None) -> frozenset[str]:
    """Return the fields whose answers are stored on a lead."""
    if lead is None:
        return frozenset()
    columns = ("email", "phone", "first_name", "last_name", "title", "country")
    names = {name for name in columns if getattr(lead, name)}
    names |= {name for name, value in lead.attributes.items() if value not in (None, "")}
    if lead.first_name and lead.last_name:
        names.add("name")
    if lead.organization is not None:
        names.add("company")
    return frozenset(names)
