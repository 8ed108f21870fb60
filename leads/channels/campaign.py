"""Which advertisement or campaign an address tells of: the utm parameters and the click ids of the ad networks."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from leads.channels.links.target import kept_of

MOST_PARAMETERS = 200


def campaign_of(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return the parameters that tell of a campaign, at most 500 characters each."""
    return kept_of({name: value for name, value in parameters.items() if isinstance(value, str)})


def campaign_of_address(url: str) -> dict[str, str]:
    """Return what the query of an address tells of a campaign; nothing where it can't be read."""
    try:
        return campaign_of(dict(parse_qsl(urlsplit(url).query, max_num_fields=MOST_PARAMETERS)))
    except ValueError:
        return {}
