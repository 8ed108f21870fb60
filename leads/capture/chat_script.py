"""The script that embeds the chat, and what it requests: the launcher's looks and the frame's colour."""

from functools import cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import condition, require_safe

from leads.channels.chat.find import open_dialogue
from leads.models import ChatDialogue
from leads.rows import JSON

SCRIPT = settings.BASE_DIR / "static" / "js" / "chat.js"
KEPT = 300  # seconds that a new colour or a switched-off chat may take to reach visitors


@cache
def _script() -> tuple[bytes, str]:
    """Return the script and its ETag."""
    text = SCRIPT.read_bytes()
    return text, f'"{sha256(text).hexdigest()[:16]}"'


def _mark(request: HttpRequest) -> str:
    return _script()[1]


@require_safe
@condition(etag_func=_mark)
def script(request: HttpRequest) -> HttpResponse:
    """Send the script. Its address never changes, so browsers revalidate it regularly."""
    return _public(HttpResponse(_script()[0], content_type="text/javascript; charset=utf-8"))


@require_safe
def launch(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell the script how the launcher looks. For a closed chat it answers nothing, and no launcher appears."""
    dialogue = open_dialogue(slug)
    detail = {}
    if dialogue is not None:
        detail = {"dialogue": slug, "colour": dialogue.colour, "label": dialogue.launcher, "domains": dialogue.domains}
    call = f'document.dispatchEvent(new CustomEvent("leadcrm:chat", {{detail: {JSON(detail)}}}));\n'
    return _public(HttpResponse(call if detail else "", content_type="text/javascript; charset=utf-8"))


@require_safe
@xframe_options_exempt
def colours(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the dialogue's colours as a style sheet, since the page's policy allows no inline styles."""
    dialogue = ChatDialogue.objects.filter(slug=slug).first()
    rule = f":root {{ --chat: {dialogue.colour}; }}\n" if dialogue else ""
    return _public(HttpResponse(rule, content_type="text/css; charset=utf-8"))


def _public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={KEPT}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
