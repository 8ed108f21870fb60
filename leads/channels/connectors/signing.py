"""Signatures: HMACs with a shared secret over the raw bytes, compared in constant time, with an age limit."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from leads.channels.connectors.incoming import Unauthentic


def hex_mac(secret: str, message: bytes, algorithm: str = "sha256") -> str:
    """Return the HMAC in lower-case hexadecimal."""
    return hmac.new(secret.encode(), message, algorithm).hexdigest()


def base64_mac(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> str:
    """Return the HMAC in base64. secret: text or bytes."""
    key = secret.encode() if isinstance(secret, str) else secret
    return base64.b64encode(hmac.new(key, message, algorithm).digest()).decode()


def sha256_hex(message: bytes) -> str:
    """Return the SHA-256 digest in lower-case hexadecimal."""
    return hashlib.sha256(message).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Compare two texts in constant time, as bytes since headers may contain anything."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def require_same(given: str, expected: str | Iterable[str], what: str) -> None:
    """Raise Unauthentic unless the signature is one of the expected ones. what: its header, for the message."""
    if not given:
        raise Unauthentic(f"{what} is missing.")
    wanted = [expected] if isinstance(expected, str) else list(expected)
    # All are compared, so that the time taken reveals nothing.
    if sum(is_same(given, one) for one in wanted) == 0:
        raise _misfit(what)


def require_one_of(given: Iterable[str], expected: str, what: str) -> None:
    """Raise Unauthentic unless one of several signatures is the expected one; there are two during a rotation."""
    if sum(is_same(one, expected) for one in given) == 0:
        raise _misfit(what)


def _misfit(what: str) -> Unauthentic:
    return Unauthentic(f"{what} does not fit the content: the secret differs, or something changed it on the way.")


def require_fresh(stamp: str, *, now: datetime, tolerance: int, what: str) -> None:
    """Raise Unauthentic if a time is more than `tolerance` seconds from now. stamp: POSIX seconds or milliseconds."""
    moment = posix_seconds(stamp)
    if moment is None:
        raise Unauthentic(f"{what} must be a POSIX time, got {stamp[:40]!r}.")
    away = abs(now.timestamp() - moment)
    if away > tolerance:
        raise Unauthentic(f"{what} is {away:,.0f} s from now, more than {tolerance} s: an old delivery sent again.")


def posix_seconds(stamp: object) -> float | None:
    """Return POSIX seconds for a time in seconds or milliseconds; None if it is not one."""
    text = str(stamp).strip()
    if isinstance(stamp, bool) or not text.replace(".", "", 1).isascii() or len(text) > 20:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    if not 0 <= number < 1e15:
        return None
    return number / 1000 if number > 1e11 else number


def signature_parts(header: str) -> dict[str, list[str]]:
    """Return the parts of a header such as `t=1,v1=abc,v1=def`, by name."""
    parts: dict[str, list[str]] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        parts.setdefault(name, []).append(value)
    return parts


def require_stamped(header: str, secret: str, body: bytes, *, now: datetime, tolerance: int, what: str) -> None:
    """Check a header `t=<seconds>,v1=<hex>` with the HMAC over time, dot and body; one matching v1 is enough."""
    if not header:
        raise Unauthentic(f"{what} is missing.")
    parts = signature_parts(header)
    stamp, signatures = parts.get("t", [""])[0], parts.get("v1", [])
    expected = hex_mac(secret, stamp.encode("utf-8", "surrogatepass") + b"." + body)
    require_one_of(signatures, expected, what)
    require_fresh(stamp, now=now, tolerance=tolerance, what=f"The time in {what}")
