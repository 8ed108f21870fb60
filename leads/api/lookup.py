"""Find the lead that an address names."""

from django.http import Http404

from leads.models import Lead


def find_lead(lead_id: int) -> Lead:
    """Return the lead with its owner and organization; a merged lead's id finds its survivor."""
    leads = Lead.objects.select_related("owner", "organization")
    lead = leads.filter(pk=lead_id).first()
    while lead is not None and lead.merged_into_id is not None:
        lead = leads.filter(pk=lead.merged_into_id).first()
    if lead is None:
        raise Http404(f"There is no lead {lead_id}.")
    return lead
