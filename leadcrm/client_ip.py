"""The client address of a request, trusting X-Forwarded-For only from configured proxies."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Return the nearest address that is not a trusted proxy, or "" if the server saw none.

    X-Forwarded-For is read from the right because each proxy appends the address that it saw; anything to the left of
    the first untrusted address may be forged.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return seen
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    while forwarded and is_trusted(seen):
        seen = forwarded.pop()
    return seen if _is_address(seen) else ""


def is_trusted(address: str) -> bool:
    """Return whether an address belongs to a proxy named in TRUSTED_PROXIES."""
    return _is_address(address) and any(
        ip_address(address) in ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES
    )


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True
