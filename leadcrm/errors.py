"""What is answered when a request goes wrong: JSON to programs, a page to people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from structlog.contextvars import get_contextvars

PROGRAM_PREFIXES = ("/api/", "/v1/", "/metrics")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read."""
    return _answer(request, 400, "The request could not be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who may not do this."""
    return _answer(request, 403, "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token: from another site, or from a page that was open for too long."""
    return _answer(request, 403, "The form's token is missing or too old. Reload the page and try again.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address where nothing is."""
    return _answer(request, 404, f"There is nothing at {request.path[:200]}.")


def too_large(request: HttpRequest, size: int, most: int) -> HttpResponse:
    """Answer a request whose length says that it is more than is taken; it was not read. size, most: bytes."""
    detail = f"It has {size / 1_000_000:,.0f} MB; at most {most / 1_000_000:,.0f} MB are taken. Split it."
    return _answer(request, 413, detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a mistake of ours; the log has the details."""
    detail = "Something went wrong on our side. It has been logged."
    if _is_program(request):
        return JsonResponse({"detail": detail}, status=500)
    # Without the request no context processor runs, and none of them can fail once more.
    context = {"request_id": get_contextvars().get("request_id")}
    return HttpResponse(render_to_string("500.html", context), status=500)


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if _is_program(request):
        return JsonResponse({"detail": detail}, status=status)
    return render(request, f"{status}.html", {"detail": detail}, status=status)


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith(PROGRAM_PREFIXES)
