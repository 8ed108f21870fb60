"""Responses to opening or sending a form: pages for people, JSON for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from leads.channels.forms.guard import host_of, may_send
from leads.channels.forms.known import Known, known_by_answers
from leads.channels.forms.request import KNOWN, PAGE_ADDRESS, REFERRER, VISITOR, WAY
from leads.channels.forms.show import NOTHING, ShownForm, show_form
from leads.channels.forms.submit import Submitted
from leads.channels.forms.visit import FRAME, PAGE
from leads.channels.links.target import VISITOR as PASSED_VISITOR
from leads.models import BlockReason, Form

OLD_PAGE = "This page was open for a long time. Please send it once more."
# Messages for people; a bot that fills in the hidden field gets none.
WORDS = {
    BlockReason.TOO_FAST: "That was quick. Please look it over and send it once more.",
    BlockReason.TOO_MANY: "Too much was sent from your network just now. Please try again in ten minutes.",
    BlockReason.OTHER_SITE: "This form can't be sent from that site. Please send it here.",
}
STATUS = {BlockReason.TOO_FAST: 429, BlockReason.TOO_MANY: 429, BlockReason.OTHER_SITE: 403}
A_DAY = "86400"  # seconds
RETRY_AFTER = "5"  # seconds


class SeeOther(HttpResponseRedirect):
    """A redirect with GET (303), so that reloading the page sends nothing again."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class FormPage:
    """The data of a form's page. way: as a page or in an iframe; said: the query, or what was typed."""

    form: Form
    way: str
    said: Mapping[str, Any]
    known: Known | None = None


def form_page(request: HttpRequest, page: FormPage, *, token: str) -> HttpResponse:
    """Show a form for the first time."""
    own = request.build_absolute_uri(request.path)
    query = {
        name: value
        for name, value in page.said.items()
        if name not in ("known", "preview", "page", "ref", "aid", PASSED_VISITOR)
    }
    here = f"{own}?{urlencode(query)}" if query else own
    is_frame = page.way == FRAME
    hidden = {
        PAGE_ADDRESS: str(page.said.get("page", "")) if is_frame else here,
        REFERRER: str(page.said.get("ref", "")) if is_frame else request.headers.get("Referer", ""),
        VISITOR: str(page.said.get("aid") or page.said.get(PASSED_VISITOR, "")),
    }
    return _show(request, page, token=token, typed=page.said, hidden=hidden)


def refused(request: HttpRequest, page: FormPage, errors: Mapping[str, str], *, token: str) -> HttpResponse:
    """Show the form again, with what was typed and the errors."""
    if wants_json(request):
        return _json(request, page.form, {"success": False, "errors": dict(errors)}, status=422)
    return _show(request, page, token=token, typed=page.said, errors=errors, status=422)


def old_page(request: HttpRequest, page: FormPage, *, token: str) -> HttpResponse:
    """Ask to send the form again, because its page was open for too long for the spam check."""
    return refused(request, page, {"": OLD_PAGE}, token=token)


def blocked(request: HttpRequest, page: FormPage, reason: BlockReason, *, token: str) -> HttpResponse:
    """Tell a person what to do about a blocked submission; a bot gets a thank-you page."""
    if reason == BlockReason.HIDDEN_FIELD:
        return _thank(request, page, waits=False, known="")
    if wants_json(request):
        body = {"success": False, "errors": {"": WORDS[reason]}}
        return _json(request, page.form, body, status=STATUS[reason])
    errors = {"": WORDS[reason]}
    return _show(request, page, token=token, typed=page.said, errors=errors, status=STATUS[reason])


def taken(request: HttpRequest, page: FormPage, submitted: Submitted) -> HttpResponse:
    """Thank, redirect to the configured page, or ask to confirm by mail."""
    names = {*submitted.answers.values, *(page.known.names if page.known else ())}
    known = known_by_answers(submitted.identifier_id, names) if page.form.is_progressive else ""
    return _thank(request, page, waits=submitted.waits, known=known)


def closed(request: HttpRequest, form: Form | None) -> HttpResponse:
    """Answer that there is no such form, or that it takes no more answers."""
    status = 410 if form else 404
    words = "This form is closed." if form else "There is no such form."
    if wants_json(request):
        return JsonResponse({"success": False, "errors": {"": words}}, status=status)
    response = render(request, "public/form/closed.html", {"form": form, "words": words}, status=status)
    return _open_to_frames(response, form)


def unreadable(request: HttpRequest, form: Form, words: str) -> HttpResponse:
    """Answer that the request can't be read at all."""
    if wants_json(request):
        return _json(request, form, {"success": False, "errors": {"": words}}, status=400)
    return render(request, "public/form/closed.html", {"form": form, "words": words}, status=400)


def not_allowed() -> HttpResponse:
    """Answer 405 with the allowed methods."""
    return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST, OPTIONS"})


def try_again(request: HttpRequest) -> HttpResponse:
    """Answer that the failure is temporary and ours, and that nothing was stored."""
    headers = {"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"}
    words = "It could not be stored just now. Please send it again in a moment."
    if wants_json(request):
        return JsonResponse({"success": False, "errors": {"": words}}, status=503, headers=headers)
    page = render_to_string("public/form/closed.html", {"form": None, "words": words}, request)
    return HttpResponse(page, status=503, headers=headers)


def preflight(request: HttpRequest, form: Form) -> HttpResponse:
    """Answer a CORS preflight, so that a page of an allowed site can send JSON."""
    response = _readable(request, form, HttpResponse(status=204))
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "content-type, accept"
    response["Access-Control-Max-Age"] = A_DAY
    return response


def wants_json(request: HttpRequest) -> bool:
    """Return whether the request comes from a program rather than from a person's browser."""
    accepts = request.headers.get("Accept", "")
    return request.content_type == "application/json" or ("application/json" in accepts and "text/html" not in accepts)


def _show(
    request: HttpRequest,
    page: FormPage,
    *,
    token: str,
    typed: Mapping[str, Any],
    hidden: Mapping[str, str] = NOTHING,
    errors: Mapping[str, str] = NOTHING,
    status: int = 200,
) -> HttpResponse:
    form, is_frame = page.form, page.way == FRAME
    address = reverse("form-frame" if is_frame else "form-page", args=[form.key])
    along = {name: str(typed.get(name) or hidden.get(name, "")) for name in (PAGE_ADDRESS, REFERRER, VISITOR)}
    shown = show_form(
        form,
        action=address,
        token=token,
        typed=typed,
        errors=errors,
        hidden={**along, WAY: FRAME if is_frame else PAGE, KNOWN: _known_token(request, typed)},
        known=page.known,
        counts_at=reverse("form-seen", args=[form.key]),
        forget_url=address,
    )
    template = "public/form/frame.html" if is_frame else "public/form/page.html"
    response = render(request, template, _context(form, shown, is_frame=is_frame), status=status)
    response["Cache-Control"] = "no-store"
    return _guarded(response, form, is_frame=is_frame)


def _known_token(request: HttpRequest, typed: Mapping[str, Any]) -> str:
    return str(typed.get(KNOWN) or request.GET.get("known", ""))


def _context(form: Form, shown: ShownForm | None, *, is_frame: bool) -> dict[str, Any]:
    return {"form": form, "shown": shown, "is_frame": is_frame}


def _thank(request: HttpRequest, page: FormPage, *, waits: bool, known: str) -> HttpResponse:
    form = page.form
    leads_on = "" if waits else form.redirect_url
    if wants_json(request):
        body = {"success": True, "message": form.thanks_text or form.thanks_heading, "redirect": leads_on or None}
        return _json(request, form, {**body, "confirm": waits, **({"known": known} if known else {})}, status=200)
    if leads_on and page.way != FRAME:
        return SeeOther(leads_on)
    query = {"via": FRAME if page.way == FRAME else "", "confirm": "1" if waits else ""}
    told = urlencode({name: value for name, value in query.items() if value})
    # The fragment stays in the browser: the token appears in no log and on no other site.
    return SeeOther(
        f"{reverse('form-thanks', args=[form.key])}{'?' if told else ''}{told}{'#' + known if known else ''}"
    )


def thanks_page(request: HttpRequest, form: Form) -> HttpResponse:
    """Show a thank-you page, or ask to confirm by mail."""
    is_frame = request.GET.get("via") == FRAME
    context = {**_context(form, None, is_frame=is_frame), "waits": request.GET.get("confirm") == "1"}
    response = render(request, "public/form/thanks.html", context)
    response["Cache-Control"] = "no-store"
    return _guarded(response, form, is_frame=is_frame)


def _guarded(response: HttpResponse, form: Form, *, is_frame: bool) -> HttpResponse:
    """Set the headers of a form's page: where it may redirect after sending, and which sites may frame it."""
    targets = ["'self'"]
    if form.redirect_url:
        parts = urlsplit(form.redirect_url)
        targets.append(f"{parts.scheme}://{parts.netloc}")
    policy = {"form-action": targets}
    if is_frame:
        policy["frame-ancestors"] = frame_ancestors(form)
        response.xframe_options_exempt = True
    response._csp_replace = policy  # type: ignore[attr-defined]  # django-csp's own hook
    return response


def _open_to_frames(response: HttpResponse, form: Form | None) -> HttpResponse:
    return _guarded(response, form, is_frame=True) if form else response


def frame_ancestors(form: Form) -> list[str]:
    """Return the sites that may frame a form, in the syntax of the Content-Security-Policy."""
    if not form.allowed_domains:
        return ["*"]
    schemes = ["https"] if settings.IS_HTTPS else ["https", "http"]
    hosts = [host for domain in form.allowed_domains for host in (f"{domain}:*", f"*.{domain}:*")]
    return ["'self'", *(f"{scheme}://{host}" for scheme in schemes for host in hosts)]


def _json(request: HttpRequest, form: Form, body: Mapping[str, Any], *, status: int) -> HttpResponse:
    return _readable(request, form, JsonResponse(body, status=status, headers={"Cache-Control": "no-store"}))


def _readable(request: HttpRequest, form: Form, response: HttpResponse) -> HttpResponse:
    """Allow the sending site's script to read the response, if its site may send the form."""
    origin = request.headers.get("Origin", "")
    response["Vary"] = "Origin"
    if origin and origin != "null" and host_of(origin) and may_send(form, origin, None):
        response["Access-Control-Allow-Origin"] = origin
    return response
