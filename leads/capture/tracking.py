"""The tracking API over HTTP."""

import logging

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone

from leads.capture.answers import not_allowed, preflight, refusal, success, try_again
from leads.channels.tracking.body import MOST_BYTES, BodyRefused, read_body, too_large, unpack
from leads.channels.tracking.parse import parse
from leads.channels.tracking.write_key import KeyRefused, source_of, write_key_of
from leads.intake.take_in import take_in

logger = logging.getLogger(__name__)


def collect(request: HttpRequest, call: str, *, is_browser: bool = False) -> HttpResponse:
    """Take in the events of one request. is_browser: sent to an address that only browsers use."""
    if request.method == "OPTIONS":
        return preflight(request)
    if request.method != "POST":
        return not_allowed()
    try:
        _store(request, call, is_browser=is_browser)
    except BodyRefused as error:
        return refusal(400, error.code, str(error))
    except KeyRefused as error:
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


def drop(request: HttpRequest) -> HttpResponse:
    """Accept what a client measures about itself, and keep none of it."""
    if request.method == "OPTIONS":
        return preflight(request)
    return success() if request.method == "POST" else not_allowed()


def unknown(request: HttpRequest) -> HttpResponse:
    """Answer an address that the tracking API does not have."""
    return refusal(404, "not_found", "The tracking API has no such address.")


def _store(request: HttpRequest, call: str, *, is_browser: bool) -> None:
    plain = unpack(_read(request))
    body = read_body(plain)
    source = source_of(write_key_of(request.META.get("HTTP_AUTHORIZATION", ""), body, request.GET.get("writeKey", "")))
    now = timezone.now()
    parsed = parse(
        body,
        call,
        size=len(plain),
        now=now,
        sent_at=request.META.get("HTTP_SENTAT"),
        agent=request.META.get("HTTP_USER_AGENT", "") if is_browser else "",
    )
    take_in(source, parsed.events, parsed.rejected, now=now)


def _read(request: HttpRequest) -> bytes:
    """Return the bytes of a request, unread where its length says that they are too many.

    A body sent in chunks says no length, and Django takes it for empty.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        chunks: bytes = request.META["wsgi.input"].read(MOST_BYTES + 1)
        return chunks
    if length.isdigit() and int(length) > MOST_BYTES:
        raise too_large()
    return request.body
