"""Tell people from machines without asking people anything: a hidden field, the time it took, how many, and from where.

No address is kept: the rate limit knows senders by a keyed hash that nobody can turn back.
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
# The name of the field that people don't see. Not one that browsers fill in by themselves.
TRAP = "fax_extension"
FASTEST = 2  # seconds from the page to its submission
OLDEST = 24 * 3600  # seconds
MOST, WINDOW = 20, 600  # submissions of a form from one address, within so many seconds


@dataclass(frozen=True, slots=True)
class PageToken:
    """When one of our pages with a form was made, seconds ago, and an id of that page."""

    nonce: str
    age: float

    @property
    def is_old(self) -> bool:
        """Whether the page has been open for so long that it should be sent once more."""
        return self.age > OLDEST


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as far as the guard asks. address: of the network. origin: the site, "" where no browser tells it."""

    address: str
    origin: str


def page_token(form: Form, *, now: datetime, nonce: str = "") -> str:
    """Return a token that says, signed, when a page with this form was made."""
    return signing.dumps([form.key, nonce or secrets.token_urlsafe(12), int(now.timestamp())], salt=SALT)


def read_page_token(text: Any, form: Form, *, now: datetime) -> PageToken | None:
    """Return what a token says, None where it is not one of ours or of another form."""
    try:
        key, nonce, made_at = signing.loads(clean_text(text)[:300], salt=SALT)
    except signing.BadSignature:
        return None
    return PageToken(nonce, now.timestamp() - made_at) if key == form.key else None


def suspicion_of(form: Form, typed: Mapping[str, Any], sender: Sender, token: PageToken | None) -> BlockReason:
    """Return why a submission looks like spam, BlockReason.NONE where it does not. Counts it for the rate limit."""
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
    """Tell whether a site may send this form: ours, one that is allowed, any where none is named.

    Programs name no site. A browser that hides it ("null") is believed with a token of one of our pages.
    """
    if not form.allowed_domains or not origin:
        return True
    if origin == "null":
        return token is not None
    host = host_of(origin)
    return host == host_of(settings.PUBLIC_URL) or is_allowed(host, form.allowed_domains)


def is_allowed(host: str, domains: Collection[str]) -> bool:
    """Tell whether a host is one of these domains or below one of them."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def host_of(address: str) -> str:
    """Return the host of a web address in lower case, "" where it has none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_too_many(form: Form, address: str) -> bool:
    who = salted_hmac("leads.forms.sender", address).hexdigest()[:20]
    return count_up(f"form-rate:{form.pk}:{who}", WINDOW) > MOST


def count_up(name: str, seconds: int) -> int:
    """Count in the cache and return the count; 0 where the cache is away, as no form may fail for that."""
    try:
        cache.add(name, 0, seconds)
        return cache.incr(name)
    except ValueError:
        return 1  # it expired between the two
    except Exception:
        logger.warning("The cache is away: forms are not guarded by a rate limit.")
        return 0
