"""The refusal of one event of a request; its neighbours are taken in."""

from leads.errors import LeadError


class EventRejected(LeadError):
    """An event that can't be read. The message says to its sender what was expected."""
