"""Add a lead by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction

from leads import signals
from leads.audit.record import record_audit
from leads.errors import InvalidValue
from leads.events.record import time_key
from leads.identity.assign import assign_identifiers, refuse_taken
from leads.identity.create import create_leads
from leads.identity.locks import MoreToLock
from leads.models import Lead, LeadKind, User
from leads.people.edit import ATTEMPTS, Edit, InvalidField, read_edit
from leads.people.organizations import organization_named
from leads.people.profile import TraitUpdate, update_profiles


def add_lead(fields: Mapping[str, Any], *, by: User, now: datetime) -> Lead:
    """Store a lead entered by hand, due for scoring, and return it.

    fields: as for `edit_lead`; company: an organization's name, created if missing; source: the channel that brought
    the lead. Raises InvalidField, which names the field; nothing is stored then.
    """
    known = {name: value for name, value in fields.items() if name not in ("company", "source")}
    edit = read_edit(Lead(), known)
    company = str(fields.get("company") or "").strip()
    if not edit.keys:
        raise InvalidField("email", "A lead needs an e-mail address or a phone number.")
    for _ in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _store(edit, company, str(fields.get("source") or ""), by, now)
        except MoreToLock:
            continue
    raise OperationalError("The lead is being identified by too many at the same time.")


def _store(edit: Edit, company: str, source: str, by: User, now: datetime) -> Lead:
    traits = dict(edit.traits)
    if company:
        traits["organization"] = organization_named(company, now=now).pk
    _refuse_known(edit)
    (lead_id,) = create_leads(1, now=now)
    assign_identifiers(edit.keys, lead_id=lead_id, now=now)
    update_profiles([TraitUpdate(lead_id, time_key(now, "add"), traits)], absorbed={}, created=[lead_id])
    Lead.objects.filter(pk=lead_id).update(kind=edit.kind or LeadKind.PERSON, source=source)
    signals.lead_created.send(sender=Lead, lead_ids=[lead_id], now=now)
    record_audit("lead added", f"lead {lead_id}", by=by, now=now)
    return Lead.objects.select_related("owner", "organization").get(pk=lead_id)


def _refuse_known(edit: Edit) -> None:
    for key in edit.keys:
        try:
            refuse_taken([key], lead_id=0)
        except InvalidValue as error:
            raise InvalidField(key[0], str(error).replace("; merge the two instead", "")) from error
