"""Detect requests made by machines: by the user agent, or by prefetch headers."""

from collections.abc import Mapping

from leads.channels.tracking.agent import is_bot
from leads.models import Signal

# Headers of mail gateways and browsers that fetch before anybody clicks.
AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
WORDS = ("prefetch", "prerender", "preview")


def signal_of(method: str, headers: Mapping[str, str]) -> Signal:
    """Return the machine signal of a page request, "" for none. headers: case-insensitive, as Django's are."""
    if is_bot(headers.get("User-Agent", "")):
        return Signal.BOT_AGENT
    said = " ".join(headers.get(name, "") for name in AHEAD).lower()
    if method == "HEAD" or any(word in said for word in WORDS):
        return Signal.PREFETCH
    return Signal.NONE
