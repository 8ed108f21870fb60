"""The chat for visitors: a page in an iframe that works with htmx, without JavaScript and without cookies."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leads.capture.chat_limit import is_over_limit
from leads.channels.chat.converse import Visit, block, take_answer, take_back, talk_of
from leads.channels.chat.find import open_dialogue
from leads.channels.chat.opening import count_opening
from leads.channels.chat.settings import frame_ancestors
from leads.channels.chat.show import reply_of
from leads.channels.chat.token import Token, new_token, read_token, write_token
from leads.channels.chat.walk import Talk
from leads.channels.machine import signal_of
from leads.errors import LeadError
from leads.models import ChatDialogue

TOO_OLD = "This chat was left for a while, so it begins anew."
TOO_MUCH = "That was a lot in a short time. Please wait a minute and send it again."
# Values passed from request to request in the form, and their maximum lengths.
PASSED = {"visitor": 300, "page": 2000}


@csrf_exempt  # the signed token in the form is what counts: there is no session to forge a request with
@xframe_options_exempt  # frame-ancestors restricts framing instead
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def widget(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a dialogue, take an answer, or take the last one back."""
    dialogue = open_dialogue(slug)
    if dialogue is None:
        return _framed(render(request, "public/chat/closed.html", status=404), [])
    response = _post(request, dialogue) if request.method == "POST" else _get(request, dialogue)
    return _framed(response, dialogue.domains)


def _get(request: HttpRequest, dialogue: ChatDialogue) -> HttpResponse:
    asked = request.GET.get("c", "")
    if token := read_token(asked, dialogue):
        return _page(request, dialogue, token, talk_of(token))
    if not asked and "again" not in request.GET and not _signal(request):
        count_opening(dialogue, now=timezone.now())
    token = new_token(dialogue)
    return _page(request, dialogue, token, talk_of(token), notice=TOO_OLD if asked else "")


def _post(request: HttpRequest, dialogue: ChatDialogue) -> HttpResponse:
    token = read_token(request.POST.get("c", ""), dialogue)
    if token is None:
        token = new_token(dialogue)
        return _page(request, dialogue, token, talk_of(token), notice=TOO_OLD)
    if is_over_limit(request):
        return _page(request, dialogue, token, talk_of(token), error=TOO_MUCH, status=429)
    if request.POST.get("website"):
        refusal = block(token, request.POST["website"], visit=_visit(request), now=timezone.now())
        return _page(request, dialogue, token, talk_of(token), error=refusal, status=422)
    try:
        talk = _act(request, token)
    except LeadError as error:
        return _page(request, dialogue, token, talk_of(token), error=str(error), status=422)
    if request.headers.get("HX-Request"):
        return _page(request, dialogue, token, talk)
    values = {"c": write_token(token), **_passed(request)}
    return HttpResponseRedirect(f"{reverse('chat-widget', args=[dialogue.slug])}?{urlencode(values)}#reply", status=303)


def _act(request: HttpRequest, token: Token) -> Talk:
    position, now = _number(request.POST.get("at", "")), timezone.now()
    if request.POST.get("act") == "back":
        return take_back(token, position=position, now=now)
    text = "" if request.POST.get("act") == "skip" else request.POST.get("answer", "")
    return take_answer(token, text, position=position, visit=_visit(request), now=now)


def _page(
    request: HttpRequest,
    dialogue: ChatDialogue,
    token: Token,
    talk: Talk,
    *,
    error: str = "",
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the conversation. htmx gets only the next question and the lines that its page does not have yet."""
    posted = request.method == "POST"
    shown = _number(request.POST.get("shown", "")) if posted else 0
    # After an answer only the new lines are sent; otherwise all of them.
    is_more = talk.used == _number(request.POST.get("at", "")) + 1 and 0 < shown <= len(talk.lines)
    context: dict[str, Any] = {
        "dialogue": dialogue,
        "action": reverse("chat-widget", args=[dialogue.slug]),
        "token": write_token(token),
        "talk": talk,
        "lines": talk.lines[shown:] if is_more else talk.lines,
        "is_more": is_more,
        "keeps_lines": bool(error) and shown == len(talk.lines),
        "reply": reply_of(talk),
        "has_begun": talk.used > 0,
        "error": error,
        "notice": notice,
        "typed": request.POST.get("answer", "")[:2000] if error else "",
        "passed": _passed(request),
    }
    if posted and request.headers.get("HX-Request"):
        # htmx shows a refused answer like any other; an error status would only add noise to the console.
        return render(request, "public/chat/_turn.html", context)
    return render(request, "public/chat/widget.html", context, status=status)


def _framed(response: HttpResponse, domains: list[str]) -> HttpResponse:
    """Allow the configured websites to frame a page, and keep it out of search engines."""
    response._csp_replace = {"frame-ancestors": frame_ancestors(domains)}  # type: ignore[attr-defined]  # django-csp's
    response["X-Robots-Tag"] = "noindex"
    return response


def _visit(request: HttpRequest) -> Visit:
    passed = _passed(request)
    page = passed.get("page", "")
    page = page if page.startswith(("http://", "https://")) else ""
    return Visit(passed.get("visitor", ""), page, _signal(request))


def _signal(request: HttpRequest) -> str:
    """Return the machine signal of a request, "" for none."""
    return signal_of(request.method or "", request.headers).value


def _passed(request: HttpRequest) -> dict[str, str]:
    """Return what the website passed about the visitor, cut to what can be stored."""
    given = request.POST if request.method == "POST" else request.GET
    values = {name: given.get(name, "").replace("\0", "").strip() for name in PASSED}
    return {name: value for name, value in values.items() if value and len(value) <= PASSED[name]}


def _number(text: str) -> int:
    """Return a number from the form, -1 if it is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
