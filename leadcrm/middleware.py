"""What happens before a view: the short path for capture and health checks, proxies, limits, time zone, relaxed CSP."""

import zoneinfo
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone

from leadcrm.client_ip import is_trusted
from leadcrm.content_security import RELAXED, RELAXED_PREFIXES
from leadcrm.errors import too_large

Handler = Callable[[HttpRequest], HttpResponse]

CAPTURE_URLS = "leads.capture.urls"
CAPTURE_PREFIXES = (
    *("/v1/", "/beacon/", "/c.js", "/analytics.js/", "/analytics-next/", "/sourceConfig"),
    *("/batch", "/e/", "/i/v0/", "/capture", "/s/", "/flags", "/decide", "/array/"),
    *("/r/", "/hooks/"),
)
# Exact paths: as prefixes they would also match addresses of our own screens.
CAPTURE_PATHS = frozenset({"/e", "/s"})


LARGEST_ID = 2**63 - 1
FORWARDED_PROTO = "HTTP_X_FORWARDED_PROTO"
HEALTH_PATHS = ("/healthz", "/readyz")


class HealthMiddleware:
    """Answer health checks first: probes use the server's address, plain http and no cookies."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in HEALTH_PATHS:
            return self.get_response(request)
        response: HttpResponse = resolve(request.path_info).func(request)
        return response


class CaptureMiddleware:
    """Answer capture addresses without the rest of the middleware.

    Tracking clients send a write key and no cookies. Sessions, CSRF, redirects and page headers would only cost time:
    the rest of the stack takes as long as storing an event.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(CAPTURE_PREFIXES) and path not in CAPTURE_PATHS:
            return self.get_response(request)
        try:
            view, args, kwargs = resolve(path, CAPTURE_URLS)
        except Resolver404:
            return self.get_response(request)
        response: HttpResponse = view(request, *args, **kwargs)
        return response


class ProxyMiddleware:
    """Accept X-Forwarded-Proto only from a trusted proxy, because anyone else can send that header too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if FORWARDED_PROTO in request.META and not is_trusted(request.META.get("REMOTE_ADDR", "")):
            del request.META[FORWARDED_PROTO]
        return self.get_response(request)


class BodyLimitMiddleware:
    """Refuse bodies over the global limit before they fill a disk; capture has its own, lower limits."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > settings.MOST_BYTES_OF_A_REQUEST:
            return too_large(request, int(length), settings.MOST_BYTES_OF_A_REQUEST)
        return self.get_response(request)


class LargestIdMiddleware:
    """Answer 404 for an id in the address that exceeds a database integer, without querying the database."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]) -> None:
        """Check the integers in the matched address."""
        if any(isinstance(value, int) and value > LARGEST_ID for value in kwargs.values()):
            raise Http404


class TimeZoneMiddleware:
    """Show times in the signed-in user's time zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "time_zone", "UTC") if hasattr(request, "user") else "UTC"
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)


class RelaxedCspMiddleware:
    """Relax the Content-Security-Policy for third-party pages: the admin and the API documentation."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(RELAXED_PREFIXES):
            response._csp_replace = RELAXED  # type: ignore[attr-defined]  # django-csp's own hook
        return response
