"""A form at a stand: the page that goes on without a network, the worker that keeps it, and where cards are sent.

A tablet is let in by the kiosk's address, which nobody can guess; from then on it shows the pass in a cookie.
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
# What the page loads; the worker keeps it on the tablet.
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
    """Show the form to a tablet of the stand; the address with the pass makes a tablet one."""
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
    """Return the script that keeps the page of a form on the tablet. It holds nothing secret."""
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
    """Take cards from a tablet, say of each what became of it, and lose none: what is not stored stays on the tablet.

    Another site can't send here: its requests come without the cookie.
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
    # The pass leaves the address, where a visitor at the stand could read it.
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
