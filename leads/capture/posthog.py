"""The addresses that PostHog's clients use."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from leads.capture.answers import answer, opened, preflight
from leads.capture.receive import receive
from leads.channels.posthog.body import MOST_BYTES, project_key_of, read_posthog_body
from leads.channels.posthog.parse import parse_posthog
from leads.channels.tracking.body import unpack
from leads.channels.tracking.write_key import agreed_key, basic_key, source_of
from leads.intake.take_in import take_in
from leads.rows import JSON

# There are no feature flags or recordings here; without this answer the browser client would keep asking.
NOTHING_MORE = {
    "supportedCompression": ["gzip-js"],
    "hasFeatureFlags": False,
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
    "sessionRecording": False,
    "surveys": False,
    "heatmaps": False,
    "capturePerformance": False,
    "autocaptureExceptions": False,
    "defaultIdentifiedOnly": True,
    "siteApps": [],
    "toolbarParams": {},
    "isAuthenticated": False,
}


def collect_posthog(request: HttpRequest, *, is_browser: bool = False) -> HttpResponse:
    """Store the events of one request. is_browser: sent to an address that only browsers use."""
    return receive(request, partial(_store, request, is_browser), most=MOST_BYTES)


def tell_posthog(request: HttpRequest) -> HttpResponse:
    """Answer that there are no feature flags."""
    if request.method == "OPTIONS":
        return preflight(request, "GET, POST, OPTIONS")
    return answer(NOTHING_MORE)


def configure_posthog(request: HttpRequest, key: str) -> HttpResponse:
    """Answer the same as a script, which is how browsers ask first."""
    config = JSON({"config": NOTHING_MORE, "siteApps": []})
    script = f"(window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {{}})[{JSON(key)}] = {config};"
    return opened(HttpResponse(script, content_type="text/javascript"))


def _store(request: HttpRequest, is_browser: bool, raw: bytes) -> None:
    plain = unpack(raw, most=MOST_BYTES)
    body = read_posthog_body(plain)
    in_address = request.GET.get("writeKey") or request.GET.get("api_key") or request.GET.get("token") or ""
    key = agreed_key(basic_key(request.META.get("HTTP_AUTHORIZATION", "")), in_address, project_key_of(body))
    source = source_of(key)
    now = timezone.now()
    agent = request.META.get("HTTP_USER_AGENT", "") if is_browser else ""
    parsed = parse_posthog(body, size=len(plain), now=now, agent=agent)
    take_in(source, parsed.events, parsed.rejected, now=now)
