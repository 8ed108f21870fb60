"""Error responses: JSON for programs, a page for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from structlog.contextvars import get_contextvars

PROGRAM_PREFIXES = ("/api/", "/v1/", "/metrics")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be parsed."""
    return _answer(request, 400, "The request could not be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a user who lacks the permission."""
    return _answer(request, 403, "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is missing or outdated: another site sent it, or the page was open too long."""
    return _answer(request, 403, "The form's token is missing or too old. Reload the page and try again.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for an address that does not exist."""
    return _answer(request, 404, f"There is nothing at {request.path[:200]}.")


def too_large(request: HttpRequest, size: int, most: int) -> HttpResponse:
    """Answer a request whose Content-Length exceeds the limit; its body was not read. size, most: bytes."""
    detail = f"It has {size / 1_000_000:,.0f} MB; at most {most / 1_000_000:,.0f} MB are taken. Split it."
    return _answer(request, 413, detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed because of a bug of ours; the log has the details."""
    detail = "Something went wrong on our side. It has been logged."
    if _is_program(request):
        return JsonResponse({"detail": detail}, status=500)
    # Rendered without the request, so that no context processor runs and can fail again.
    context = {"request_id": get_contextvars().get("request_id")}
    return HttpResponse(render_to_string("500.html", context), status=500)


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if _is_program(request):
        return JsonResponse({"detail": detail}, status=status)
    return render(request, f"{status}.html", {"detail": detail}, status=status)


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith(PROGRAM_PREFIXES)
