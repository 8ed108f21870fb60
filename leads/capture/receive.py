"""Receive one request of events: read its bytes, have them stored, answer in a way that every client understands."""

import logging
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from leads.capture.answers import not_allowed, preflight, refusal, success, try_again
from leads.capture.raw_body import TooLarge, read_raw
from leads.capture.refused import note_refusal
from leads.channels.tracking.body import BodyRefused, too_large
from leads.channels.tracking.write_key import KeyRefused

logger = logging.getLogger(__name__)

# Takes the body and stores its events; raises BodyRefused or KeyRefused.
Store = Callable[[bytes], None]


def receive(request: HttpRequest, store: Store, *, most: int) -> HttpResponse:
    """Answer a request whose events `store` stores. most: bytes that its body may have as it is sent."""
    if request.method == "OPTIONS":
        return preflight(request)
    if request.method != "POST":
        return not_allowed()
    raw = b""
    try:
        raw = read_raw(request, most=most)
        store(raw)
    except (BodyRefused, TooLarge) as error:
        refused = error if isinstance(error, BodyRefused) else too_large(most)
        note_refusal(request, raw, str(refused))
        return refusal(400, refused.code, str(refused))
    except KeyRefused as error:
        note_refusal(request, raw, str(error), error.keys)
        return refusal(401, "invalid_write_key", str(error))
    except UnreadablePostError:
        return refusal(400, "incomplete", "The body ended before its length.")
    except SuspiciousOperation:
        return refusal(400, "invalid_request", "The address or the headers of the request can't be read.")
    except Exception:
        # The database is away, or the fault is in the program: neither may cost the sender its events.
        logger.exception("Events could not be stored; their sender was asked to send them again.")
        return try_again()
    return success()
