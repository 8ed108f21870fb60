"""The target of a tracked link: fixed by a marketer; no request can change it."""

import re
from collections.abc import Mapping
from urllib.parse import quote_plus, unquote_plus, urlsplit

from leads.people.edit import InvalidField

LONGEST = 2000
# Campaign parameters that a link may have.
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
# The parameter in which our snippet expects the visitor's anonymous id.
VISITOR = "lc_aid"

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]")


def read_target(text: str) -> str:
    """Return the target address, validated. Raises InvalidField unless it is a plain http or https address."""
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
    """Return the target with these parameters; its other parameters and its fragment stay unchanged.

    given: override the target's own. otherwise: used only if the target has none.
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
