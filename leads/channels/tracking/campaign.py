"""The campaign that brought a visitor: kept with the event, under the names that rules ask for."""

import re
from collections.abc import Mapping
from typing import Any

from leads.channels.campaign import campaign_of, campaign_of_address

# What clients call the parts of a campaign in context.campaign; they add click ids under their own names.
PARTS = {
    "source": "utm_source",
    "medium": "utm_medium",
    "name": "utm_campaign",
    "term": "utm_term",
    "content": "utm_content",
    "id": "utm_id",
}
# Most addresses carry none of it, and are not taken apart.
MAY_CARRY = re.compile("utm_|clid|braid|li_fat_id|rdt_cid|epik")


def with_campaign(
    properties: Mapping[str, Any], context: Mapping[str, Any], page: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return properties with what is missing of utm_* and click ids.

    context.campaign is believed before the page's address, and both fill in only what the client left out.
    """
    campaign = context.get("campaign")
    found: dict[str, Any] = {}
    if campaign and isinstance(campaign, dict):
        found = campaign_of({str(PARTS.get(name, name)): value for name, value in campaign.items()})
    url = properties.get("url") or page.get("url") or page.get("search")
    if url and isinstance(url, str) and MAY_CARRY.search(url):
        found = {**campaign_of_address(url), **found}
    return {**found, **properties} if found else properties
