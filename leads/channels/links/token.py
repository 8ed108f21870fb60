"""The token by which a link in a mail knows whom the mail went to. It is signed, so nobody can make one for another."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from leads.models import Link

SALT = "leads.channels.links"
PARAMETER = "l"
LONGEST_TOKEN = 400


class Recipient(NamedTuple):
    """Whom a mail went to, and which mail it was ("" where that is not known)."""

    lead_id: int
    message: str


def address_of(link: Link) -> str:
    """Return the address of a link, to be put into an ad or a post."""
    return f"{settings.PUBLIC_URL}/r/{link.slug}/"


def address_for(link: Link, *, lead_id: int, message: str) -> str:
    """Return the address of a link in a mail to a lead. message: the id that the mail's `email_sent` event carries."""
    token = signing.Signer(salt=SALT).sign_object([lead_id, message], compress=True)
    return f"{address_of(link)}?{urlencode({PARAMETER: token})}"


def read_token(token: str) -> Recipient | None:
    """Return whom a token names, None where it is not one of ours. It never expires: mails are read years later."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        lead_id, message = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Recipient(lead_id, message)
