"""Undo an import's changes to organizations, after its leads are undone."""

from collections import Counter
from datetime import datetime

from leads.events.due import mark_due
from leads.models import ImportedOrganization, ImportJob, Lead, Organization
from leads.people.organizations import COLUMNS
from leads.people.search import refresh_search
from leads.people.traits import ATTRIBUTE

REMOVED, RESTORED = "organizations removed", "organizations restored"


def undo_organizations(job: ImportJob, said: str, *, now: datetime) -> Counter[str]:
    """Delete organizations known only from the import, and restore the others. Call inside a transaction.

    Leads of changed organizations become due for scoring.
    """
    outcomes: Counter[str] = Counter()
    made = Organization.objects.filter(imports__job=job, imports__is_new=True).exclude(leads__in=Lead.objects.all())
    gone = [one.pk for one in made.order_by("pk").select_for_update(of=("self",)) if _is_all(one, said)]
    outcomes[REMOVED] = len(gone)
    Organization.objects.filter(pk__in=gone).delete()
    entries = ImportedOrganization.objects.filter(job=job, is_new=False).select_related("organization")
    locked = entries.order_by("organization_id").select_for_update()
    changed = [entry.organization_id for entry in locked if _set_back(entry, said)]
    outcomes[RESTORED] = len(changed)
    lead_ids = list(Lead.objects.current().filter(organization_id__in=changed).values_list("pk", flat=True))
    mark_due(lead_ids, now=now)
    refresh_search(lead_ids)
    return outcomes


def _is_all(organization: Organization, said: str) -> bool:
    return all(time == said for time in organization.attribute_times.values())


def _set_back(entry: ImportedOrganization, said: str) -> bool:
    """Restore an organization's values unless they were changed since; return whether any value changed."""
    one, is_changed = entry.organization, False
    own = {name: former for name, former in entry.before.items() if one.attribute_times.get(name) == said}
    for name, (value, known_since) in own.items():
        is_changed = is_changed or value != _get(one, name)
        one.attribute_times.pop(name)
        if known_since:
            one.attribute_times[name] = known_since
        if name in COLUMNS:
            setattr(one, name, value)
        elif value is None:
            one.attributes.pop(name.removeprefix(ATTRIBUTE), None)
        else:
            one.attributes[name.removeprefix(ATTRIBUTE)] = value
    if own:
        one.save()
    return is_changed


def _get(one: Organization, name: str) -> object:
    return getattr(one, name) if name in COLUMNS else one.attributes.get(name.removeprefix(ATTRIBUTE))
