"""Edit an organization by hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.audit.record import record_audit
from leads.errors import InvalidValue
from leads.events.due import mark_due
from leads.events.record import time_key
from leads.models import Lead, Organization, User
from leads.people.search import refresh_search
from leads.people.traits import ATTRIBUTE

EDITABLE = ("name", "domain", "industry", "employee_count", "country", "attributes")


@transaction.atomic
def edit_organization(organization: Organization, changes: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Change fields of an organization (EDITABLE) and mark its leads due for scoring.

    Raises InvalidValue for any other field.
    """
    current = Organization.objects.select_for_update().get(pk=organization.pk)
    said = time_key(now, "edit")
    for field, value in changes.items():
        if field not in EDITABLE:
            raise InvalidValue(f"{field} can't be changed by hand; expected one of {', '.join(EDITABLE)}.")
        _note_time(current, field, value, said)
        setattr(current, field, value)
    current.save()
    lead_ids = list(Lead.objects.current().filter(organization=current).values_list("pk", flat=True))
    mark_due(lead_ids, now=now)
    refresh_search(lead_ids)
    record_audit("organization edited", f"organization {current.pk}: {', '.join(sorted(changes))}", by=by, now=now)


def _note_time(organization: Organization, field: str, value: Any, said: str) -> None:
    """Record the time of a manual change; it counts as the latest, even against events dated in the future."""
    names = [field]
    if field == "attributes":
        before = organization.attributes
        names = [ATTRIBUTE + name for name in {*before, *value} if before.get(name) != value.get(name)]
    for name in names:
        earlier = organization.attribute_times.get(name, "")
        organization.attribute_times[name] = max(said, f"{earlier}~" if earlier else "")
