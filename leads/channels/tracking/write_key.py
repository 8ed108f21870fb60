"""Find the write key of a request, wherever its client puts it, and the source it belongs to."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from leads.errors import LeadError
from leads.models import Source

# Seconds for which a process caches sources: a switched-off key stops working within this time.
BELIEVED = 30.0

_sources: dict[str, tuple[Source, float]] = {}


class KeyRefused(LeadError):
    """The request's write key is missing, unknown or inconsistent. keys: those that it names."""

    def __init__(self, message: str, keys: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.keys = keys


def write_key_of(authorization: str, body: Mapping[str, Any], query_key: str) -> str:
    """Return the write key: the user name of Basic authentication, or `writeKey` of the body or the address.

    Raises KeyRefused if there is none, or if two places disagree.
    """
    return agreed_key(basic_key(authorization), _body_key(body), query_key)


def agreed_key(*places: str) -> str:
    """Return the key that the given places agree on. Raises KeyRefused."""
    named = [key for key in places if key]
    if not named:
        raise KeyRefused("A write key is needed: as the user name of Basic authentication or as writeKey in the body.")
    if len(set(named)) > 1:
        raise KeyRefused("The write keys in the header, the body and the address must be the same.", named)
    return named[0]


def source_of(write_key: str) -> Source:
    """Return the active source of a write key. Raises KeyRefused."""
    known = _sources.get(write_key)
    if known is not None and known[1] > monotonic():
        return known[0]
    source = Source.objects.filter(write_key=write_key[:64], is_active=True).first()
    if source is None or source.write_key != write_key:
        _sources.pop(write_key, None)
        raise KeyRefused("This write key is unknown or switched off.", [write_key])
    _sources[write_key] = source, monotonic() + BELIEVED
    return source


def forget_sources() -> None:
    """Empty the cache; called when a source is changed in this process."""
    _sources.clear()


def basic_key(authorization: str) -> str:
    """Return the user name of Basic authentication, "" without any. Raises KeyRefused if it can't be decoded."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(token.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise KeyRefused("The Authorization header is not Basic authentication.") from error


def _body_key(body: Mapping[str, Any]) -> str:
    key = body.get("writeKey")
    if key is not None and not isinstance(key, str):
        raise KeyRefused("writeKey must be a string.")
    return key or ""
