"""Undo what an import did to organizations, once its leads are undone."""

from collections import Counter

from leads.models import ImportedOrganization, ImportJob, Lead, Organization
from leads.people.organizations import COLUMNS
from leads.people.traits import ATTRIBUTE

REMOVED, RESTORED = "organizations removed", "organizations restored"


def undo_organizations(job: ImportJob, said: str) -> Counter[str]:
    """Delete the organizations that only the import speaks of, and set the others back. Call inside a transaction."""
    outcomes: Counter[str] = Counter()
    made = Organization.objects.filter(imports__job=job, imports__is_new=True).exclude(leads__in=Lead.objects.all())
    gone = [one.pk for one in made.order_by("pk").select_for_update(of=("self",)) if _is_all(one, said)]
    outcomes[REMOVED] = len(gone)
    Organization.objects.filter(pk__in=gone).delete()
    entries = ImportedOrganization.objects.filter(job=job, is_new=False).select_related("organization")
    for entry in entries.order_by("organization_id").select_for_update():
        outcomes[RESTORED] += _set_back(entry, said)
    return outcomes


def _is_all(organization: Organization, said: str) -> bool:
    return all(time == said for time in organization.attribute_times.values())


def _set_back(entry: ImportedOrganization, said: str) -> bool:
    one, is_changed = entry.organization, False
    for name, (value, known_since) in entry.before.items():
        if one.attribute_times.get(name) != said:
            continue
        is_changed = True
        one.attribute_times.pop(name)
        if known_since:
            one.attribute_times[name] = known_since
        if name in COLUMNS:
            setattr(one, name, value)
        elif value is None:
            one.attributes.pop(name.removeprefix(ATTRIBUTE), None)
        else:
            one.attributes[name.removeprefix(ATTRIBUTE)] = value
    if is_changed:
        one.save()
    return is_changed
