"""Tracked links over HTTP: store the click, then redirect."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone

from leads.capture.visitor import visitor_of
from leads.capture.visitor_page import try_again_page, visitor_page
from leads.channels.links.click import Click, follow_link, read_click
from leads.channels.machine import signal_of
from leads.models import Link

logger = logging.getLogger(__name__)


def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect a click to its target once it is stored.

    While the database is down, neither the target is known nor can the click be stored: the visitor gets a page that
    tries again by itself.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        link = Link.objects.filter(slug=slug.lower()).first() if "\0" not in slug else None
        if link is None:
            return visitor_page("public/no_such_link.html", status=404)
        target = follow_link(link, _click(request), now=timezone.now())
    except DatabaseError:
        logger.exception("A click could not be stored; the visitor was asked to wait.")
        return try_again_page()
    # Never cached on the way: every click counts.
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return HttpResponseRedirect(target, headers=headers)


def _click(request: HttpRequest) -> Click:
    return read_click(
        request.GET.dict(),
        anonymous_id=visitor_of(request),
        referrer=request.headers.get("Referer", ""),
        signal=signal_of(request.method or "GET", request.headers),
    )
