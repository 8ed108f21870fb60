"""What every channel hands to intake: events made uniform, and those it had to reject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.events.record import time_key
from leads.identity.keys import Key


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One event as intake wants it.

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


@dataclass(frozen=True, slots=True)
class Rejection:
    """An event that could not be read: why, in words for whoever sent it, and its text as sent."""

    reason: str
    body: str
