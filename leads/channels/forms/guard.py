"""Spam detection without questions: a hidden field, the time taken, the rate, and the origin.

Network addresses are not stored: the rate limit uses a keyed hash that cannot be reversed.
"""

import logging
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from leads.channels.forms.answers import clean_text
from leads.models import BlockReason, Form

logger = logging.getLogger(__name__)

SALT = "leads.forms.page"
# The name of the hidden trap field. Not one that browsers autofill.
TRAP = "fax_extension"
FASTEST = 2  # seconds from the page to its submission
OLDEST = 24 * 3600  # seconds
MOST, WINDOW = 20, 600  # submissions of a form from one address, within so many seconds


@dataclass(frozen=True, slots=True)
class PageToken:
    """The age of one of our pages with a form, in seconds, and the page's id."""

    nonce: str
    age: float

    @property
    def is_old(self) -> bool:
        """Whether the page was open for so long that the form should be sent again."""
        return self.age > OLDEST


@dataclass(frozen=True, slots=True)
class Sender:
    """The origin of a submission. address: of the network. origin: the site, "" if the browser does not tell."""

    address: str
    origin: str


def page_token(form: Form, *, now: datetime, nonce: str = "") -> str:
    """Return a signed token with the time when a page with this form was made."""
    return signing.dumps([form.key, nonce or secrets.token_urlsafe(12), int(now.timestamp())], salt=SALT)


def read_page_token(text: Any, form: Form, *, now: datetime) -> PageToken | None:
    """Return the content of a token; None if it is not ours or belongs to another form."""
    try:
        key, nonce, made_at = signing.loads(clean_text(text)[:300], salt=SALT)
    except signing.BadSignature:
        return None
    return PageToken(nonce, now.timestamp() - made_at) if key == form.key else None


def suspicion_of(form: Form, typed: Mapping[str, Any], sender: Sender, token: PageToken | None) -> BlockReason:
    """Return why a submission looks like spam, BlockReason.NONE if it does not. Counts towards the rate limit."""
    if not may_send(form, sender.origin, token):
        return BlockReason.OTHER_SITE
    if clean_text(typed.get(TRAP)):
        return BlockReason.HIDDEN_FIELD
    if _is_too_many(form, sender.address):
        return BlockReason.TOO_MANY
    if token is not None and token.age < FASTEST:
        return BlockReason.TOO_FAST
    return BlockReason.NONE


def may_send(form: Form, origin: str, token: PageToken | None) -> bool:
    """Return whether a site may send this form: our own, an allowed one, or any if none is listed.

    Programs name no site. A browser that hides it ("null") needs a token of one of our pages.
    """
    if not form.allowed_domains or not origin:
        return True
    if origin == "null":
        return token is not None
    host = host_of(origin)
    return host == host_of(settings.PUBLIC_URL) or is_allowed(host, form.allowed_domains)


def is_allowed(host: str, domains: Collection[str]) -> bool:
    """Return whether a host is one of these domains or a subdomain."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def host_of(address: str) -> str:
    """Return the host of a web address in lower case, "" if it has none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_too_many(form: Form, address: str) -> bool:
    who = salted_hmac("leads.forms.sender", address).hexdigest()[:20]
    return count_up(f"form-rate:{form.pk}:{who}", WINDOW) > MOST


def count_up(name: str, seconds: int) -> int:
    """Count in the cache and return the count; 0 if the cache is down, since a form must not fail for that."""
    try:
        cache.add(name, 0, seconds)
        return cache.incr(name)
    except ValueError:
        return 1  # it expired between the two
    except Exception:
        logger.warning("The cache is away: forms are not guarded by a rate limit.")
        return 0
