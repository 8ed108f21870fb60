"""Where a tracked link leads: an address that a marketer gave, which no request can change."""

import re
from collections.abc import Mapping
from urllib.parse import quote_plus, unquote_plus, urlsplit

from leads.people.edit import InvalidField

LONGEST = 2000
# What a link itself may say of its campaign.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
# The visitor's anonymous id, as our snippet looks for it.
VISITOR = "lc_aid"

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]")


def read_target(text: str) -> str:
    """Return an address that a link may lead to. Raises InvalidField for anything but a plain http or https address."""
    text = text.strip()
    if len(text) > LONGEST:
        raise InvalidField("target", f"The address must have at most {LONGEST} characters, got {len(text)}.")
    if _FORBIDDEN.search(text):
        raise _refused(text, "without spaces and other characters that addresses do not have")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused(text, f"({error})") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise _refused(text, "that begins with https:// or http:// and names a site")
    if "@" in parts.netloc:
        raise _refused(text, "without a name or password in front of the site")
    return f"{parts.scheme.lower()}{text[len(parts.scheme) :]}"


def with_parameters(target: str, given: Mapping[str, str], otherwise: Mapping[str, str]) -> str:
    """Return the target with these parameters; its other ones and the fragment stay as they are, to the letter.

    given: they replace what the target says. otherwise: only where it says nothing.
    """
    address, hash_sign, fragment = target.partition("#")
    base, _, query = address.partition("?")
    parts = [part for part in query.split("&") if part]
    own = {_name(part) for part in parts if part.partition("=")[2]}
    added = {**{name: value for name, value in otherwise.items() if name not in own}, **given}
    parts = [part for part in parts if _name(part) not in added]
    parts += [f"{name}={quote_plus(value)}" for name, value in added.items()]
    return f"{base}{'?' if parts else ''}{'&'.join(parts)}{hash_sign}{fragment}"


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0])


def _refused(text: str, expected: str) -> InvalidField:
    return InvalidField("target", f"Expected an address {expected}, got “{text[:80]}”.")
