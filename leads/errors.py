"""Refusals. Each message may be shown to a user."""

from datetime import datetime


class LeadError(Exception):
    """An action that can't be done, and why, in words for users."""


class InvalidValue(LeadError):
    """A value that can't be stored; names the field, the value and what was expected."""


class StageMoveRefused(LeadError):
    """A move that the life cycle does not allow, or that came too late."""


class MergeRefused(LeadError):
    """Two leads that can't become one, or a merge that can't be undone just now."""


class NotOwner(LeadError):
    """Somebody acts on a lead that another sales rep works on."""


class AlreadyClaimed(LeadError):
    """Another rep was first, or the lead left the queue.

    claimed_by: the winner's name, or "" when nobody claimed it. claimed_at: when, UTC.
    """

    def __init__(self, message: str, *, claimed_by: str = "", claimed_at: datetime | None = None) -> None:
        super().__init__(message)
        self.claimed_by = claimed_by
        self.claimed_at = claimed_at
