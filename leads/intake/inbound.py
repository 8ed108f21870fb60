"""The input of intake: normalised events, and rejected ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from leads.events.record import time_key
from leads.identity.keys import Key


class InboundEvent(NamedTuple):
    """A normalised event. A named tuple, because a frozen dataclass takes five times as long to create.

    keys: its identifiers, strongest first, never empty. occurred_at: UTC, not in the future. properties: for an
    identify call the traits. former_id: the id that an alias replaces, which may be a user id.
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
        """Comparable text: of two contradicting events the one with the greater key wins."""
        return time_key(self.occurred_at, self.message_id)


class Rejection(NamedTuple):
    """An event that could not be parsed: the reason for the sender, and its text as sent."""

    reason: str
    body: str
