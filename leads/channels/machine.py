"""What a request says of who is behind it: a person, a program that says so, or a fetch ahead of any person."""

from collections.abc import Mapping

from leads.channels.tracking.agent import is_bot
from leads.models import Signal

# Mail gateways and browsers that fetch before anybody has clicked.
AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
WORDS = ("prefetch", "prerender", "preview")


def signal_of(method: str, headers: Mapping[str, str]) -> Signal:
    """Return the sign of a machine that a request for a page bears. headers: of any case, as Django has them."""
    if is_bot(headers.get("User-Agent", "")):
        return Signal.BOT_AGENT
    said = " ".join(headers.get(name, "") for name in AHEAD).lower()
    if method == "HEAD" or any(word in said for word in WORDS):
        return Signal.PREFETCH
    return Signal.NONE
