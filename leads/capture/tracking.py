"""The tracking API over HTTP."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from leads.capture.answers import not_allowed, preflight, refusal, success
from leads.capture.receive import receive
from leads.channels.tracking.body import MOST_BYTES, read_body, unpack
from leads.channels.tracking.parse import parse
from leads.channels.tracking.write_key import source_of, write_key_of
from leads.intake.take_in import take_in


def collect(request: HttpRequest, call: str, *, is_browser: bool = False) -> HttpResponse:
    """Store the events of one request. is_browser: sent to an address that only browsers use."""
    return receive(request, partial(_store, request, call, is_browser), most=MOST_BYTES)


def drop(request: HttpRequest) -> HttpResponse:
    """Accept a client's metrics about itself without storing them."""
    if request.method == "OPTIONS":
        return preflight(request)
    return success() if request.method == "POST" else not_allowed()


def unknown(request: HttpRequest) -> HttpResponse:
    """Answer an address that the tracking API does not have."""
    return refusal(404, "not_found", "The tracking API has no such address.")


def _store(request: HttpRequest, call: str, is_browser: bool, raw: bytes) -> None:
    plain = unpack(raw)
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
