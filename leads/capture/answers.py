"""Responses that tracking clients understand: a plain 200 for success, JSON with a code for every refusal.

Any website may read them, because they reveal nothing but the outcome of the request.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from leads.rows import JSON

ALLOWED_HEADERS = (
    "authorization, content-type, x-retry-count, anonymousid, sentat, rsa-retry-attempt, rsa-retry-reason, "
    "rsa-since-first-attempt, rsa-since-last-attempt"
)
A_DAY = "86400"
RETRY_AFTER = "5"  # seconds


def success() -> HttpResponse:
    """Answer that everything is stored."""
    return opened(HttpResponse(b'{"success":true}', content_type="application/json"))


def answer(said: Mapping[str, Any]) -> HttpResponse:
    """Answer a question that a client asks before it sends anything."""
    return opened(HttpResponse(JSON(said), content_type="application/json"))


def refusal(status: int, code: str, message: str) -> HttpResponse:
    """Answer that nothing was stored, and why. code: for programs."""
    body = JSON({"success": False, "code": code, "message": message})
    return opened(HttpResponse(body, content_type="application/json", status=status))


def try_again(message: str) -> HttpResponse:
    """Answer that the failure is temporary and ours; every client sends the same again.

    503 rather than 429: posthog-js drops what is answered 429, and no client drops what is answered 503.
    """
    response = refusal(503, "unavailable", message)
    response["Retry-After"] = RETRY_AFTER
    response["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def not_allowed(method: str = "POST") -> HttpResponse:
    """Answer 405 with the allowed method."""
    response = refusal(405, "method_not_allowed", f"This address takes {method}.")
    response["Allow"] = f"{method}, OPTIONS"
    return response


def preflight(request: HttpRequest, methods: str = "POST, OPTIONS") -> HttpResponse:
    """Answer a CORS preflight; any header that the client asks for is allowed."""
    response = opened(HttpResponse(status=204))
    response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers") or ALLOWED_HEADERS
    response["Access-Control-Max-Age"] = A_DAY
    return response


def opened(response: HttpResponse) -> HttpResponse:
    """Allow any website to read a response."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
