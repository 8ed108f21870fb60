"""The answer to a program whose request can't be read, or can't be stored at the moment."""

import logging
from typing import NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.http import UnreadablePostError

logger = logging.getLogger(__name__)


class Fault(NamedTuple):
    """An answer: the HTTP status, a code for programs, a sentence for people."""

    status: int
    code: str
    message: str


def fault_of(error: Exception) -> Fault:
    """Return the answer to a request that `error` ended: 400 if it can't be read, otherwise 503, which is logged."""
    if isinstance(error, UnreadablePostError):
        return Fault(400, "incomplete", "The body ended before its length.")
    if isinstance(error, SuspiciousOperation):
        return Fault(400, "invalid_request", "The address or the headers of the request can't be read.")
    # The database is away, or the program has a mistake. Neither may cost the sender what it sent.
    logger.error("A request could not be stored; its sender was asked to send it again.", exc_info=error)
    return Fault(503, "unavailable", "This can't be stored just now; send the same again.")
