"""How a lead that is known already is named in an event."""

from leads.identity.keys import STRENGTH, Key
from leads.models import Identifier, Lead


def strongest_key(lead_id: int) -> Key | None:
    """Return the identifier that says best whose an event is; that of the survivor where the lead was merged.

    None where the lead is gone, or has none.
    """
    survivor = Lead.objects.filter(pk=lead_id).values_list("merged_into", flat=True).first()
    keys = Identifier.objects.filter(lead_id=survivor or lead_id).values_list("kind", "value")
    return min(keys, key=lambda key: (STRENGTH[key[0]], key[1]), default=None)
