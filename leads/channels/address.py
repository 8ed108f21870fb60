"""Addresses of pages, as clients and visitors send them."""

from urllib.parse import urlsplit


def path_of(address: object) -> str:
    """Return the path of an address, "/" where it names none; "" for what is no address."""
    if not isinstance(address, str) or not address:
        return ""
    try:
        return urlsplit(address).path or "/"
    except ValueError:
        return ""
