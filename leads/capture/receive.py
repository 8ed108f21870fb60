"""Receive one tracking request: read the bytes, store the events, answer so that every client understands."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from leads.capture.answers import not_allowed, preflight, refusal, success, try_again
from leads.capture.fault import fault_of
from leads.capture.raw_body import TooLarge, read_raw
from leads.capture.refused import note_refusal
from leads.channels.tracking.body import BodyRefused, too_large
from leads.channels.tracking.write_key import KeyRefused

# Parses a body and stores its events; raises BodyRefused or KeyRefused.
Store = Callable[[bytes], None]


def receive(request: HttpRequest, store: Store, *, most: int) -> HttpResponse:
    """Answer a request whose events `store` stores. most: bytes of the body as sent (before unpacking)."""
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
    except Exception as error:
        fault = fault_of(error)
        return try_again(fault.message) if fault.status == 503 else refusal(*fault)
    return success()
