"""Parsing of a request that sends a form: the typed values, and the headers."""

from typing import Any

from axes.helpers import get_client_ip_address
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.utils.datastructures import MultiValueDictKeyError

from leads.capture.visitor import visitor_of
from leads.channels.forms.request import Headers
from leads.channels.tracking.body import BodyRefused, read_body, unpack


def typed_of(request: HttpRequest) -> tuple[dict[str, Any], bool]:
    """Return the typed values by input name, and whether a program sent them as JSON. Raises BodyRefused."""
    try:
        if request.content_type == "application/json":
            return read_body(unpack(request.body)), True
        return dict(request.POST.dict()), False
    except UnreadablePostError as error:
        raise BodyRefused("incomplete", "The body ended before its length.") from error
    except (SuspiciousOperation, BadRequest, MultiValueDictKeyError) as error:
        raise BodyRefused("invalid_request", "The form can't be read: it has too many or broken parts.") from error


def headers_of(request: HttpRequest, *, is_program: bool) -> Headers:
    """Return the headers that matter for a submission."""
    return Headers(
        address=get_client_ip_address(request) or "",
        origin=request.headers.get("Origin", "")[:300],
        referrer=request.headers.get("Referer", ""),
        agent=request.headers.get("User-Agent", ""),
        is_program=is_program,
        visitor=visitor_of(request),
    )
