"""The signed, expiring link to a download: whoever filled in the form got it, on the page or by mail."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing

from leads.models import Asset, Identifier

SALT = "leads.channels.assets"
LONGEST_TOKEN = 300


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a link. identifier_id: what they were recognised by when they sent the form."""

    asset_id: int
    identifier_id: int


def asset_address(asset: Asset) -> str:
    """Return the address of a download's page, to be put anywhere."""
    return f"{settings.PUBLIC_URL}/d/{asset.slug}/"


def token_for(asset_id: int, identifier_id: int) -> str:
    """Return the part of a link that lets its holder have the file for a while."""
    return signing.dumps([asset_id, identifier_id], salt=SALT)


def link_in_mail(address: str, identifier: Identifier) -> str:
    """Return an address as it goes into a mail to somebody: that of a download's page opens it at once."""
    begin = f"{settings.PUBLIC_URL}/d/"
    slug = address.removeprefix(begin).partition("/")[0] if address.startswith(begin) else ""
    asset = Asset.objects.filter(slug=slug).only("pk").first() if slug else None
    return f"{begin}{slug}/{token_for(asset.pk, identifier.pk)}/" if asset else address


def read_token(token: str) -> Holder | None:
    """Return who holds a link, None where it is too old or not one of ours."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        asset_id, identifier_id = signing.loads(token, salt=SALT, max_age=lifetime())
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Holder(asset_id, identifier_id)


def lifetime() -> timedelta:
    """Return for how long a link works."""
    return timedelta(hours=settings.DOWNLOAD_LINK_HOURS)
