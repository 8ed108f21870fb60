"""Small pages for visitors on the short path, where no middleware adds the protective headers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
RETRY_AFTER = "5"  # seconds


def visitor_page(template: str, context: Mapping[str, Any] | None = None, *, status: int) -> HttpResponse:
    """Return a static page."""
    return HttpResponse(render_to_string(template, dict(context or {})), status=status, headers=HEADERS)


def try_again_page() -> HttpResponse:
    """Answer that the failure is temporary and ours; the page reloads by itself."""
    response = visitor_page("public/try_again.html", {"seconds": RETRY_AFTER}, status=503)
    response["Retry-After"] = RETRY_AFTER
    return response
