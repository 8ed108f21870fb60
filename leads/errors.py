"""Refusals. Each message may be shown to a user."""

from datetime import datetime


class LeadError(Exception):
    """An action that can't be done, with the reason in words for users."""


class InvalidValue(LeadError):
    """A value that can't be stored. The message names field, value and what was expected."""


class StageMoveRefused(LeadError):
    """A stage change that the lifecycle does not allow, or that came too late."""


class MergeRefused(LeadError):
    """Two leads that can't be merged, or a merge that can't be undone now."""


class NotOwner(LeadError):
    """An attempt to act on a lead that another sales rep works on."""


class AlreadyClaimed(LeadError):
    """Another rep was first, or the lead left the queue.

    claimed_by: the winner's name, or "" when nobody claimed it. claimed_at: when, UTC.
    """

    def __init__(self, message: str, *, claimed_by: str = "", claimed_at: datetime | None = None) -> None:
        super().__init__(message)
        self.claimed_by = claimed_by
        self.claimed_at = claimed_at
