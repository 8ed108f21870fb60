"""What every channel hands to intake: events made uniform, and those it had to reject."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from leads.events.record import time_key
from leads.identity.keys import Key


class InboundEvent(NamedTuple):
    """One event as intake wants it. A tuple, as a frozen dataclass takes five times as long to make.

    keys: what it was identified by, strongest first, never empty. occurred_at: UTC, not in the future.
    properties: of an identify its traits. former_id: the id that an alias gives up, which may be a user id.
    """

    message_id: str
    kind: str
    name: str
    channel: str
    occurred_at: datetime
    keys: tuple[Key, ...]
    properties: Mapping[str, Any]
    signal: str = ""
    former_id: str = ""

    @property
    def time_key(self) -> str:
        """Comparable text by which, of two events that say something different, the later one is believed."""
        return time_key(self.occurred_at, self.message_id)


class Rejection(NamedTuple):
    """An event that could not be read: why, in words for whoever sent it, and its text as sent."""

    reason: str
    body: str
