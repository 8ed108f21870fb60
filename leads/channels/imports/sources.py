"""Lead sources as other systems name them, mapped to our channels."""

from leads.events.catalog import normal_name
from leads.events.channels import CHANNELS

IMPORT = "import"
# The attribute for sources that are not one of our channels.
SOURCE_NOTE = "original_source"

_ALSO = {
    "ad": "advertisement advertising ads paidsearch paidsocial paid googleads facebookads linkedinads ppc adwords",
    "call": "phone phoneinquiry telephone inboundcall coldcall phonecall",
    "chat": "livechat chatbot conversation",
    "content": "organicsearch organic direct directtraffic referrals seo blog contentmarketing",
    "ebook": "download whitepaper guide contentdownload",
    "event": "tradeshow fair conference exhibition seminar events stand",
    "form": "web website webform contactform onlineform inboundform form internet webtolead",
    "newsletter": "email emailmarketing mailinglist mailchimp",
    "social": "socialmedia organicsocial facebook instagram linkedin twitter xing",
    "store": "showroom shop walkin storevisit",
    "trial": "freetrial signup productsignup",
    "webinar": "webinars onlineseminar",
}
_BY_NAME = {
    **{normal_name(word): key for key, words in _ALSO.items() for word in words.split()},
    **{normal_name(channel.label): key for key, channel in CHANNELS.items()},
    **{normal_name(key): key for key in CHANNELS},
}


def channel_named(text: str) -> str:
    """Return the channel that a source name means, "" if none."""
    return _BY_NAME.get(normal_name(text[:100]), "")
