"""How an event refers to a known lead."""

from leads.identity.keys import STRENGTH, Key
from leads.models import Identifier, Lead


def strongest_key(lead_id: int) -> Key | None:
    """Return a lead's strongest identifier; for a merged lead that of its survivor.

    None if the lead is gone, or has none.
    """
    survivor = Lead.objects.filter(pk=lead_id).values_list("merged_into", flat=True).first()
    keys = Identifier.objects.filter(lead_id=survivor or lead_id).values_list("kind", "value")
    return min(keys, key=lambda key: (STRENGTH[key[0]], key[1]), default=None)
