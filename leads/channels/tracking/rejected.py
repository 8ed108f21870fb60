"""The rejection of one event of a request; the others are stored."""

from leads.errors import LeadError


class EventRejected(LeadError):
    """An invalid event. The message tells the sender what was expected."""
