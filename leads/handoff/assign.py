"""Assign an owner before a lead is claimed."""

from collections.abc import Collection, Mapping

from django.db.models import F

from leads.models import Lead
from leads.rows import given, run


def assign_owners(owners: Mapping[int, int]) -> None:
    """Set the owner of unclaimed leads, lead id -> user id; one statement.

    Call while the leads are locked.
    """
    if owners:
        rows = [{"id": lead_id, "owner_id": owner_id} for lead_id, owner_id in owners.items()]
        table, parameters = given(rows, id="bigint", owner_id="bigint")
        run(
            f"UPDATE leads_lead SET owner_id = given.owner_id FROM {table} "  # noqa: S608 - names of our own
            "WHERE leads_lead.id = given.id AND leads_lead.claimed_at IS NULL",
            parameters,
        )


def unassign_owners(lead_ids: Collection[int]) -> None:
    """Remove the owner of unclaimed leads. Call while the leads are locked."""
    Lead.objects.filter(pk__in=lead_ids, claimed_at=None, owner=F("owner")).update(owner=None)
