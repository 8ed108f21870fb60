"""Kiosks over HTTP: the page that works offline, its service worker, and the address that cards are sent to.

A tablet opens the kiosk's unguessable address once; after that a cookie holds its pass.
"""

import hashlib
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from leads.channels.forms.show import show_form
from leads.channels.kiosk.cards import take_cards
from leads.channels.kiosk.keep import kiosk_with
from leads.channels.tracking.body import BodyRefused, read_body, unpack
from leads.errors import InvalidValue
from leads.models import Form, Kiosk

logger = logging.getLogger(__name__)

COOKIE = "lc_kiosk"
# Everything the page loads; the service worker caches it on the tablet.
FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/controls.css",
    "css/components.css",
    "css/public.css",
    "css/form.css",
    "css/kiosk.css",
    "js/kiosk-store.js",
    "js/kiosk.js",
    "icons.svg",
    "favicon.svg",
)


@require_safe
def kiosk_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form to a tablet of the kiosk; the address with the pass turns a device into one."""
    now = timezone.now()
    if passed := request.GET.get("pass", ""):
        kiosk = kiosk_with(passed, key=key)
        return _let_in(kiosk, key, passed, now) if kiosk and kiosk.is_open(now) else _closed(request, kiosk)
    kiosk = kiosk_with(request.COOKIES.get(COOKIE, ""), key=key)
    if kiosk is None or not kiosk.is_open(now):
        return _closed(request, kiosk)
    shown = show_form(kiosk.form, action=reverse("kiosk-page", args=[key]), token="")
    response = render(request, "public/kiosk/page.html", {"kiosk": kiosk, "form": kiosk.form, "shown": shown})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def kiosk_worker(request: HttpRequest, key: str) -> HttpResponse:
    """Return the service worker that caches the page on the tablet. It contains no secret."""
    form = get_object_or_404(Form.objects.only("key", "changed_at", "colour"), key=key)
    files = [*(static(name) for name in FILES), *([reverse("form-style", args=[key])] if form.colour else [])]
    version = hashlib.sha256(f"{files} {form.changed_at}".encode()).hexdigest()[:12]
    context = {"key": key, "page": reverse("kiosk-page", args=[key]), "files": files, "version": version}
    response = render(request, "public/kiosk/worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt
@require_POST
def kiosk_cards(request: HttpRequest, key: str) -> JsonResponse:
    """Take cards from a tablet and report the outcome of each; a card that is not stored stays on the tablet.

    Other sites can't post here, because their requests carry no cookie.
    """
    now = timezone.now()
    try:
        kiosk = kiosk_with(request.COOKIES.get(COOKIE, ""), key=key)
        if kiosk is None or not kiosk.is_open(now):
            return _refusal(403, "This kiosk is over. The cards are kept; open the address of a new one here.")
        results = take_cards(kiosk, _body(request), now=now)
    except (BodyRefused, InvalidValue) as refusal:
        return _refusal(400, str(refusal))
    except DatabaseError:
        logger.exception("Cards of a kiosk could not be stored; its tablet keeps them and tries again.")
        return _refusal(503, "The cards can't be stored just now.")
    return JsonResponse({"results": [result.as_json() for result in results]})


def _let_in(kiosk: Kiosk, key: str, passed: str, now: datetime) -> HttpResponse:
    # Redirect, so that visitors at the stand can't read the pass in the address bar.
    response = HttpResponseRedirect(reverse("kiosk-page", args=[key]), headers={"Cache-Control": "no-store"})
    age = int((kiosk.ends_at - now).total_seconds())
    path = reverse("kiosk-page", args=[key])
    response.set_cookie(COOKIE, passed, max_age=age, path=path, secure=settings.IS_HTTPS, httponly=True, samesite="Lax")
    return response


def _closed(request: HttpRequest, kiosk: Kiosk | None) -> HttpResponse:
    context = {"form": kiosk and kiosk.form, "kiosk": kiosk}
    response = render(request, "public/kiosk/closed.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise BodyRefused("invalid_json", f"Expected JSON, got {str(request.content_type)[:60]!r}.")
    try:
        return read_body(unpack(request.body))
    except (UnreadablePostError, SuspiciousOperation) as error:
        raise BodyRefused("incomplete", "The body ended before its length.") from error


def _refusal(status: int, words: str) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
