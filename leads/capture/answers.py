"""Answers that tracking clients understand: 200 and nothing else for success, JSON with a code for every refusal.

Any website may read them: they carry nothing but the fate of what was sent.
"""

from django.http import HttpRequest, HttpResponse

from leads.rows import JSON

ALLOWED_HEADERS = (
    "authorization, content-type, x-retry-count, anonymousid, sentat, rsa-retry-attempt, rsa-retry-reason, "
    "rsa-since-first-attempt, rsa-since-last-attempt"
)
A_DAY = "86400"
RETRY_AFTER = "5"  # seconds


def success() -> HttpResponse:
    """Say that everything is stored."""
    return _open(HttpResponse(b'{"success":true}', content_type="application/json"))


def refusal(status: int, code: str, message: str) -> HttpResponse:
    """Say that nothing was stored, and why; code: for programs."""
    body = JSON({"success": False, "code": code, "message": message})
    return _open(HttpResponse(body, content_type="application/json", status=status))


def try_again() -> HttpResponse:
    """Say that the fault is ours and passing; every client sends the same again."""
    response = refusal(503, "unavailable", "The events can't be stored just now; send the same again.")
    response["Retry-After"] = RETRY_AFTER
    return response


def not_allowed() -> HttpResponse:
    """Say that an address takes only POST."""
    response = refusal(405, "method_not_allowed", "This address takes POST.")
    response["Allow"] = "POST, OPTIONS"
    return response


def preflight(request: HttpRequest) -> HttpResponse:
    """Allow a browser to send, with whatever headers its client asks for."""
    response = _open(HttpResponse(status=204))
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers") or ALLOWED_HEADERS
    response["Access-Control-Max-Age"] = A_DAY
    return response


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response
