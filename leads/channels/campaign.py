"""The campaign parameters in an address: utm parameters and click ids of ad networks."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
# Parameters by which ad networks recognise a click.
CLICK_IDS = (
    "gclid", "gbraid", "wbraid", "dclid", "fbclid", "msclkid", "li_fat_id", "ttclid", "twclid", "epik", "rdt_cid",
)  # fmt: skip
CAMPAIGN = (*UTM, *CLICK_IDS)
LONGEST = 500
MOST_PARAMETERS = 200


def campaign_of(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return the campaign parameters, at most 500 characters each."""
    texts = {name: value for name in CAMPAIGN if isinstance(value := parameters.get(name), str)}
    plain = {name: text.replace("\0", "").strip()[:LONGEST] for name, text in texts.items()}
    return {name: text for name, text in plain.items() if text}


def campaign_of_address(url: str) -> dict[str, str]:
    """Return the campaign parameters of an address; empty if it can't be parsed."""
    try:
        return campaign_of(dict(parse_qsl(urlsplit(url).query, max_num_fields=MOST_PARAMETERS)))
    except ValueError:
        return {}
