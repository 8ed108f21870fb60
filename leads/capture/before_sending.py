"""Settings that browser clients ask for before they send anything."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from leads.capture.answers import answer, not_allowed, preflight, refusal
from leads.channels.tracking.write_key import KeyRefused, agreed_key, basic_key, source_of

READING = ("GET", "HEAD")
KEPT = "public, max-age=60"  # seconds; short, so that a source that is switched off is soon refused here too


def segment_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Tell Segment's browser client to send its events here."""
    return _told(request, lambda: _segment_settings(source_of(key).write_key))


def rudder_source(request: HttpRequest) -> HttpResponse:
    """Tell RudderStack's browser client that its source is enabled and has no destinations to load."""

    def told() -> Mapping[str, Any]:
        key = agreed_key(basic_key(request.META.get("HTTP_AUTHORIZATION", "")), request.GET.get("writeKey", ""))
        source = source_of(key)
        return _rudder_source(str(source.pk), source.name, source.write_key)

    return _told(request, told)


def _told(request: HttpRequest, tell: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    if request.method == "OPTIONS":
        return preflight(request, "GET, OPTIONS")
    if request.method not in READING:
        return not_allowed("GET")
    try:
        response = answer(tell())
    except KeyRefused as error:
        return refusal(401, "invalid_write_key", str(error))
    response["Cache-Control"] = KEPT
    return response


def _segment_settings(key: str) -> Mapping[str, Any]:
    here = urlsplit(settings.PUBLIC_URL)
    sending = {
        "apiKey": key,
        "apiHost": f"{here.netloc}{here.path}/v1",
        "protocol": here.scheme,
        "unbundledIntegrations": [],
        "addBundledMetadata": True,
        "maybeBundledConfigIds": {},
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
    }
    everything = {"enabled": True}
    return {
        "integrations": {"Segment.io": sending},
        "plan": {
            "track": {"__default": {**everything, "integrations": {}}},
            "identify": {"__default": everything},
            "group": {"__default": everything},
        },
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }


def _rudder_source(source_id: str, name: str, key: str) -> Mapping[str, Any]:
    off = {"enabled": False}
    return {
        "source": {
            "id": source_id,
            "name": name,
            "writeKey": key,
            "config": {"statsCollection": {"errors": off, "metrics": off}},
            "enabled": True,
            "workspaceId": "leadcrm",
            "destinations": [],
            "connections": [],
            "dataplanes": {},
        },
        "updatedAt": "2026-11-01T00:00:00Z",
    }
