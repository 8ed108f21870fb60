"""The campaign that brought a visitor, stored with the event under the names that rules use."""

import re
from collections.abc import Mapping
from typing import Any

from leads.channels.campaign import campaign_of, campaign_of_address

# Names in context.campaign; click ids have their usual names there.
PARTS = {
    "source": "utm_source",
    "medium": "utm_medium",
    "name": "utm_campaign",
    "term": "utm_term",
    "content": "utm_content",
    "id": "utm_id",
}
# Most addresses have no campaign and are not parsed.
MAY_CARRY = re.compile("utm_|clid|braid|li_fat_id|rdt_cid|epik")


def with_campaign(
    properties: Mapping[str, Any], context: Mapping[str, Any], page: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return properties completed with utm_* and click ids.

    context.campaign takes precedence over the page's address; both only fill in what the client left out.
    """
    campaign = context.get("campaign")
    found: dict[str, Any] = {}
    if campaign and isinstance(campaign, dict):
        found = campaign_of({str(PARTS.get(name, name)): value for name, value in campaign.items()})
    url = properties.get("url") or page.get("url") or page.get("search")
    if url and isinstance(url, str) and MAY_CARRY.search(url):
        found = {**campaign_of_address(url), **found}
    return {**found, **properties} if found else properties
