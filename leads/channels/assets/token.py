"""Signed, expiring links to a download's file, given out after the form, on the page or by mail."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing

from leads.models import Asset, Identifier

SALT = "leads.channels.assets"
LONGEST_TOKEN = 300


@dataclass(frozen=True, slots=True)
class Holder:
    """The person a link was given to. identifier_id: the identifier from the form."""

    asset_id: int
    identifier_id: int


def asset_address(asset: Asset) -> str:
    """Return the public address of a download's page."""
    return f"{settings.PUBLIC_URL}/d/{asset.slug}/"


def token_for(asset_id: int, identifier_id: int) -> str:
    """Return the token that gives its holder access to the file for a while."""
    return signing.dumps([asset_id, identifier_id], salt=SALT)


def link_in_mail(address: str, identifier: Identifier) -> str:
    """Return an address for a mail to somebody; a download's page becomes a direct link to the file."""
    begin = f"{settings.PUBLIC_URL}/d/"
    slug = address.removeprefix(begin).partition("/")[0] if address.startswith(begin) else ""
    asset = Asset.objects.filter(slug=slug).only("pk").first() if slug else None
    return f"{begin}{slug}/{token_for(asset.pk, identifier.pk)}/" if asset else address


def read_token(token: str) -> Holder | None:
    """Return the holder of a token; None if it has expired or is not one of ours."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        asset_id, identifier_id = signing.loads(token, salt=SALT, max_age=lifetime())
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Holder(asset_id, identifier_id)


def lifetime() -> timedelta:
    """Return how long a link is valid."""
    return timedelta(hours=settings.DOWNLOAD_LINK_HOURS)
