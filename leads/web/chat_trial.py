"""Try a draft as a visitor would see it. The answers are passed in the form; nothing is stored."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leads.channels.chat.answer import InvalidAnswer, read_answer
from leads.channels.chat.script import read_script
from leads.channels.chat.show import reply_of
from leads.channels.chat.token import read_try, write_try
from leads.channels.chat.walk import Answer, walk
from leads.models import ChatDialogue
from leads.web.access import CAPTURING, roles_required


@csrf_exempt  # it stores nothing
@xframe_options_sameorigin
@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def chat_trial(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Walk through the draft of a dialogue."""
    dialogue = get_object_or_404(ChatDialogue, pk=dialogue_id)
    script = read_script(dialogue.draft)
    answers = read_try(request.POST.get("c", ""))
    answers = answers[: walk(script, answers).used]
    error = ""
    if request.method == "POST":
        try:
            answers = _next(request, answers, dialogue)
        except InvalidAnswer as refusal:
            error = str(refusal)
    talk = walk(script, answers)
    context = {
        "dialogue": dialogue,
        "action": reverse("chat-trial", args=[dialogue.pk]),
        "token": write_try(answers),
        "talk": talk,
        "lines": talk.lines,
        "reply": reply_of(talk),
        "error": error,
        "typed": request.POST.get("answer", "") if error else "",
        "is_trial": True,
    }
    template = "public/chat/_turn.html" if request.headers.get("HX-Request") else "public/chat/widget.html"
    response = render(request, template, context)
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]  # django-csp's own hook
    return response


def _next(request: HttpRequest, answers: list[Answer], dialogue: ChatDialogue) -> list[Answer]:
    """Return the answers with one added or removed. Raises InvalidAnswer."""
    talk = walk(read_script(dialogue.draft), answers)
    act = request.POST.get("act")
    if act == "back":
        return answers[:-1]
    if talk.question is None:
        return answers
    text = "" if act == "skip" else request.POST.get("answer", "")
    return [*answers, Answer(step=talk.question.key, value=read_answer(talk.question, text))]
