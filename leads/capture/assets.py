"""Downloads over HTTP: the form once, then the file through a signed link that expires.

Like forms, these pages use no session, no cookie and no CSRF token.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from leads.capture import form_answers as answer
from leads.capture.asset_answers import AssetPage, asset_form, closed, expired, gone, ready_page
from leads.capture.file_answer import file_answer
from leads.capture.form_request import headers_of, typed_of
from leads.capture.visitor_page import try_again_page
from leads.channels.assets.take import KIND_OF, take_asset
from leads.channels.assets.token import read_token, token_for
from leads.channels.forms.answers import AnswersRefused
from leads.channels.forms.guard import page_token
from leads.channels.forms.known import read_known
from leads.channels.forms.receive import SubmissionBlocked, receive
from leads.channels.forms.request import TOKEN, sending_of
from leads.channels.forms.submit import Submitted
from leads.channels.machine import signal_of
from leads.channels.tracking.body import BodyRefused
from leads.events.tally import count_one
from leads.models import Asset, BlockReason, Counted, Form, Identifier

logger = logging.getLogger(__name__)

READING = ("GET", "HEAD")


@csrf_exempt
def asset_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a download with its form, or take the form and redirect to the file."""
    if request.method not in (*READING, "POST"):
        return HttpResponseNotAllowed([*READING, "POST"])
    try:
        asset = _asset(slug)
        if asset is None or asset.form is None or not asset.form.is_live:
            return closed(request, asset)
        return _take(request, asset, asset.form) if request.method == "POST" else _show(request, asset, asset.form)
    except DatabaseError:
        logger.exception("A download's form could not be shown or taken; the visitor was asked to try again.")
        return answer.try_again(request)


def ready(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show the link to the file to the holder of a valid token, and the form to others."""
    if request.method not in READING:
        return HttpResponseNotAllowed(READING)
    try:
        held = _held(slug, token)
        if held is None:
            return _show_expired(request, slug)
        return ready_page(request, held[0], reverse("asset-file", args=[slug, token]))
    except DatabaseError:
        logger.exception("A download's link could not be looked up; the visitor was asked to wait.")
        return try_again_page()


def file(request: HttpRequest, slug: str, token: str) -> HttpResponseBase:
    """Send the file to the holder of a valid token. A HEAD request is not counted as a download."""
    if request.method not in READING:
        return HttpResponseNotAllowed(READING)
    try:
        held = _held(slug, token)
        if held is None:
            return _show_expired(request, slug)
        return _hand_out(request, *held)
    except DatabaseError:
        logger.exception("A download could not be stored; the visitor was asked to wait.")
        return try_again_page()


def _hand_out(request: HttpRequest, asset: Asset, holder: Identifier) -> HttpResponseBase:
    if asset.file and not asset.file.storage.exists(str(asset.file.name)):
        logger.error("The file of download %s is not where it was stored.", asset.pk)
        return gone(request, asset)
    if request.method == "GET":
        take_asset(asset, holder, signal=signal_of("GET", request.headers), now=timezone.now())
    if asset.external_url:
        return answer.SeeOther(asset.external_url, headers={"Cache-Control": "no-store"})
    return file_answer(request, asset)


def _show(request: HttpRequest, asset: Asset, form: Form) -> HttpResponse:
    now = timezone.now()
    if not signal_of(request.method or "GET", request.headers):
        count_one(Counted.ASSET_VIEW, asset.pk, now=now)
    page = AssetPage(asset, form, request.GET.dict(), known=read_known(request.GET.get("known", "")))
    return asset_form(request, page, token=page_token(form, now=now))


def _show_expired(request: HttpRequest, slug: str) -> HttpResponse:
    asset = _asset(slug)
    if asset is None or asset.form is None or not asset.form.is_live:
        return closed(request, asset)
    token = page_token(asset.form, now=timezone.now())
    return expired(request, AssetPage(asset, asset.form, {}), token=token)


def _take(request: HttpRequest, asset: Asset, form: Form) -> HttpResponse:
    now = timezone.now()
    try:
        typed, _ = typed_of(request)
    except BodyRefused as refusal:
        return answer.unreadable(request, form, str(refusal))
    sending = sending_of(form, typed, headers_of(request, is_program=False), now=now)
    page = AssetPage(asset, form, typed, known=sending.visit.known)
    if sending.token and sending.token.is_old:
        return _again(request, page, {"": answer.OLD_PAGE}, page_token(form, now=now))
    token = str(typed[TOKEN]) if sending.token else page_token(form, now=now)
    told = {"asset": asset.title, "asset_id": asset.slug}
    try:
        submitted = receive(form, sending, now=now, kind=_kind(form), properties=told)
    except AnswersRefused as refusal:
        return _again(request, page, refusal.errors, token)
    except SubmissionBlocked as blocked:
        return _blocked(request, page, blocked.reason, token)
    return _lead_on(asset, submitted, now)


def _kind(form: Form) -> str:
    """Return the event that sending the form is; taking the download is a separate event later."""
    return "form_submitted" if form.event_kind in KIND_OF.values() else form.event_kind


def _lead_on(asset: Asset, submitted: Submitted, now: datetime) -> HttpResponse:
    if not submitted.is_repeat:
        count_one(Counted.ASSET_FORM, asset.pk, now=now)
    query = {"start": "1", **({"confirm": "1"} if submitted.waits else {})}
    address = reverse("asset-ready", args=[asset.slug, token_for(asset.pk, submitted.identifier_id)])
    return answer.SeeOther(f"{address}?{urlencode(query)}", headers={"Cache-Control": "no-store"})


def _blocked(request: HttpRequest, page: AssetPage, reason: BlockReason, token: str) -> HttpResponse:
    if reason == BlockReason.HIDDEN_FIELD:
        # A bot gets a thank-you page and no file.
        return answer.SeeOther(reverse("form-thanks", args=[page.form.key]))
    return _again(request, page, {"": answer.WORDS[reason]}, token, status=answer.STATUS[reason])


def _again(
    request: HttpRequest, page: AssetPage, errors: Mapping[str, Any], token: str, *, status: int = 422
) -> HttpResponse:
    return asset_form(request, page, token=token, errors=errors, status=status)


def _asset(slug: str) -> Asset | None:
    return Asset.objects.select_related("form").filter(slug=slug.lower()).first()


def _held(slug: str, token: str) -> tuple[Asset, Identifier] | None:
    """Return the download and the token's holder; None if the token has expired or is for another download."""
    holder = read_token(token)
    asset = _asset(slug) if holder else None
    if holder is None or asset is None or asset.pk != holder.asset_id:
        return None
    identifier = Identifier.objects.filter(pk=holder.identifier_id).first()
    return (asset, identifier) if identifier else None
