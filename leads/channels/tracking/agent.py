"""Detect bots by their user agent."""

from functools import lru_cache

from ua_parser import parse_device


@lru_cache(maxsize=4096)
def is_bot(user_agent: str) -> bool:
    """Return whether a User-Agent names a known crawler, scanner or preview."""
    device = parse_device(user_agent[:500])
    return device is not None and device.family == "Spider"
