"""All providers, in the order of the catalogue."""

from collections.abc import Mapping

from leads.channels.connectors.calendly import Calendly
from leads.channels.connectors.chatwoot import Chatwoot
from leads.channels.connectors.crisp import Crisp
from leads.channels.connectors.generic import Generic
from leads.channels.connectors.google_ads import GoogleAds
from leads.channels.connectors.intercom import Intercom
from leads.channels.connectors.linkedin import LinkedInLeadSync
from leads.channels.connectors.mailchimp import Mailchimp
from leads.channels.connectors.meta import MetaLeadAds
from leads.channels.connectors.provider import Provider
from leads.channels.connectors.shopify import Shopify
from leads.channels.connectors.stripe import Stripe
from leads.channels.connectors.twilio import Twilio
from leads.channels.connectors.typeform import Typeform
from leads.channels.connectors.zoom import Zoom

PROVIDERS: Mapping[str, Provider] = {
    provider.key: provider
    for provider in (
        GoogleAds(),
        MetaLeadAds(),
        LinkedInLeadSync(),
        Typeform(),
        Calendly(),
        Zoom(),
        Stripe(),
        Shopify(),
        Mailchimp(),
        Twilio(),
        Intercom(),
        Crisp(),
        Chatwoot(),
        Generic(),
    )
}


def provider_of(key: str) -> Provider | None:
    """Return a provider by its name in addresses, None if there is none."""
    return PROVIDERS.get(key)
