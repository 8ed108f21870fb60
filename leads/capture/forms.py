"""Forms over HTTP: the hosted page, the page in an iframe, and everything that posts to them.

There is no session, cookie or CSRF token, because other sites post here on purpose; the guard checks the origin.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.datastructures import MultiValueDictKeyError
from django.views.decorators.csrf import csrf_exempt

from leads.capture import form_answers as answer
from leads.capture.form_request import headers_of, typed_of
from leads.channels.forms.answers import AnswersRefused
from leads.channels.forms.count import VIEW, count_seen, count_step
from leads.channels.forms.guard import page_token, read_page_token
from leads.channels.forms.known import read_known
from leads.channels.forms.receive import Sending, SubmissionBlocked, receive
from leads.channels.forms.request import TOKEN, sending_of
from leads.channels.forms.visit import FRAME, PAGE
from leads.channels.machine import signal_of
from leads.channels.tracking.body import BodyRefused
from leads.models import Form

logger = logging.getLogger(__name__)

MOST_STEPS = 40


@csrf_exempt
def form_page(request: HttpRequest, key: str, way: str = PAGE) -> HttpResponse:
    """Show a form, or take a submission."""
    if request.method not in ("GET", "HEAD", "POST", "OPTIONS"):
        return answer.not_allowed()
    try:
        form = Form.objects.filter(key=key).first()
        if form is None or not form.is_live:
            return answer.closed(request, form)
        if request.method == "OPTIONS":
            return answer.preflight(request, form)
        return _take(request, form, way) if request.method == "POST" else _show(request, form, way)
    except DatabaseError:
        logger.exception("A form could not be shown or taken; whoever sent it was asked to try again.")
        return answer.try_again(request)


@csrf_exempt
def seen(request: HttpRequest, key: str) -> HttpResponse:
    """Count the steps that one of our pages reports."""
    if request.method != "POST":
        return answer.not_allowed()
    form, now = Form.objects.live().filter(key=key).first(), timezone.now()
    try:
        typed = request.POST.dict()
    except (UnreadablePostError, SuspiciousOperation, BadRequest, MultiValueDictKeyError):
        typed = {}
    token = read_page_token(typed.get(TOKEN), form, now=now) if form else None
    if form and token and not token.is_old:
        count_seen(form, str(typed.get("steps", "")).split(",")[:MOST_STEPS], token, now=now)
    return HttpResponse(status=204)


def _show(request: HttpRequest, form: Form, way: str) -> HttpResponse:
    now = timezone.now()
    if request.method == "GET" and not signal_of("GET", request.headers) and not _is_preview(request):
        count_step(form, VIEW, now=now)
    page = answer.FormPage(form, way, request.GET.dict(), known=read_known(request.GET.get("known", "")))
    return answer.form_page(request, page, token=page_token(form, now=now))


def _take(request: HttpRequest, form: Form, way: str) -> HttpResponse:
    now = timezone.now()
    try:
        typed, is_program = typed_of(request)
    except BodyRefused as refusal:
        return answer.unreadable(request, form, str(refusal))
    told = headers_of(request, is_program=is_program)
    sending = sending_of(form, typed, told, now=now)
    page = answer.FormPage(form, way if way == FRAME else sending.visit.way, typed, known=sending.visit.known)
    if sending.token and sending.token.is_old:
        return answer.old_page(request, page, token=page_token(form, now=now))
    try:
        submitted = receive(form, sending, now=now)
    except AnswersRefused as refusal:
        return answer.refused(request, page, refusal.errors, token=_same_token(typed, form, sending, now))
    except SubmissionBlocked as blocked:
        return answer.blocked(request, page, blocked.reason, token=_same_token(typed, form, sending, now))
    return answer.taken(request, page, submitted)


def _same_token(typed: Mapping[str, Any], form: Form, sending: Sending, now: datetime) -> str:
    """Return the page's token again, so that correcting a mistake does not restart the spam check; or a new one."""
    return str(typed[TOKEN]) if sending.token else page_token(form, now=now)


def _is_preview(request: HttpRequest) -> bool:
    """Return whether the editor shows the form; such views are not counted."""
    return "preview" in request.GET or request.headers.get("Referer", "").startswith(f"{settings.PUBLIC_URL}/forms/")
