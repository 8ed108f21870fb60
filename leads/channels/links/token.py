"""The signed token that identifies the recipient of a link in a mail."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from leads.models import Link

SALT = "leads.channels.links"
PARAMETER = "l"
LONGEST_TOKEN = 400


class Recipient(NamedTuple):
    """The lead a mail went to, and which mail it was ("" if unknown)."""

    lead_id: int
    message: str


def address_of(link: Link) -> str:
    """Return a link's address for an ad or a post."""
    return f"{settings.PUBLIC_URL}/r/{link.slug}/"


def address_for(link: Link, *, lead_id: int, message: str) -> str:
    """Return a link's address for a mail to a lead. message: the id in the mail's `email_sent` event."""
    token = signing.Signer(salt=SALT).sign_object([lead_id, message], compress=True)
    return f"{address_of(link)}?{urlencode({PARAMETER: token})}"


def read_token(token: str) -> Recipient | None:
    """Return the recipient; None if the token is not ours. It never expires, because mails are read years later."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        lead_id, message = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Recipient(lead_id, message)
