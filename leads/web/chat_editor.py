"""The editor of a dialogue. Every button saves the open step first, so that nothing is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leads.channels.chat.check import Mistake, mistakes
from leads.channels.chat.drop_off import drop_off
from leads.channels.chat.edit import change_draft, undo_change, with_new_step, with_step, with_step_moved, without_step
from leads.channels.chat.publish import HasMistakes, publish_dialogue, restore_version
from leads.channels.chat.script import GREETING, KINDS, MOST_CHOICES, Choice, Script, Step, read_script
from leads.errors import LeadError
from leads.models import ChatDialogue, ChatVersion
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.chat_list import EDITING, embed_code
from leads.web.toasts import add_refusal, add_toast

VERSIONS_SHOWN = 20
SPARE_CHOICES = 2
BELOW = "The step below"


@dataclass(frozen=True, slots=True)
class Row:
    """A step in the editor's list. ways: where it leads, in words. choices: with empty rows, for the form."""

    number: int
    step: Step
    kind: str
    icon: str
    ways: list[tuple[str, str]]
    mistakes: list[str]
    choices: list[Choice]


@roles_required(*CAPTURING)
@require_safe
def chat_edit(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Show a dialogue: steps, mistakes, figures, versions."""
    dialogue = _dialogue(dialogue_id)
    return render(request, "leads/chat/edit.html", _context(request, dialogue, request.GET.get("step", "")))


@roles_required(*EDITING)
@require_POST
def chat_draft(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Save the open step, then do what the button says: open, move, delete or add a step, or publish."""
    dialogue = _dialogue(dialogue_id)
    opened = request.POST.get("open", "")
    act, _, key = request.POST.get("act", "save").partition(":")
    try:
        change_draft(dialogue, _changes(request.POST, opened, act, key), revision=_revision(request.POST))
        opened = _done(request, dialogue, opened, act, key)
    except HasMistakes as refusal:
        add_refusal(request, str(refusal))
        opened = refusal.mistakes[0].step
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    return _editor(request, dialogue, opened)


@roles_required(*EDITING)
@require_POST
def chat_undo(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Restore the draft before the last change."""
    dialogue = _dialogue(dialogue_id)
    try:
        undo_change(dialogue)
        add_toast(request, "The draft is as it was before.")
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    return redirect("chat-edit", dialogue.pk)


@roles_required(*EDITING)
@require_POST
def chat_restore(request: HttpRequest, dialogue_id: int, number: int) -> HttpResponse:
    """Copy an earlier version into the draft."""
    dialogue = _dialogue(dialogue_id)
    version = get_object_or_404(ChatVersion, dialogue=dialogue, number=number)
    restore_version(dialogue, version)
    undo = reverse("chat-undo", args=[dialogue.pk])
    add_toast(request, f"Version {number} is in the draft. Publish it to bring it back.", undo_url=undo)
    return redirect("chat-edit", dialogue.pk)


def _changes(given: QueryDict, opened: str, act: str, key: str) -> Callable[[Script], Script]:
    """Return what a button changes: the open step's fields, then the order or number of steps."""
    acts: Mapping[str, Callable[[Script], Script]] = {
        "up": partial(with_step_moved, key=key, by=-1),
        "down": partial(with_step_moved, key=key, by=1),
        "delete": partial(without_step, key=key),
        "add": partial(with_new_step, kind=given.get("kind", "")),
    }

    def change(script: Script) -> Script:
        if opened == GREETING or script.find(opened) is not None:
            script = with_step(script, opened, _fields(given))
        return acts[act](script) if act in acts else script

    return change


def _done(request: HttpRequest, dialogue: ChatDialogue, opened: str, act: str, key: str) -> str:
    """Show a message, publish if requested, and return the step to open next."""
    if act == "publish":
        version = publish_dialogue(dialogue, by=signed_in(request), now=timezone.now())
        add_toast(request, f"Version {version.number} is live.")
        return ""
    if act == "delete":
        add_toast(request, "The step is deleted.", undo_url=reverse("chat-undo", args=[dialogue.pk]))
        return "" if opened == key else opened
    if act == "add":
        return str(dialogue.draft["steps"][-1]["key"])
    return {"open": key, "close": "", "up": key, "down": key}.get(act, opened)


def _fields(given: QueryDict) -> dict[str, Any]:
    """Return the open step's fields from the form."""
    fields: dict[str, Any] = {
        name: given[name] for name in ("text", "next", "attribute", "url", "label") if name in given
    }
    if "asks" in given:
        fields["is_required"] = "is_required" in given
    if "choice" in given:
        fields["choices"] = list(zip(given.getlist("choice"), given.getlist("choice_next"), strict=False))
    return fields


def _revision(given: QueryDict) -> int:
    text = given.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _dialogue(dialogue_id: int) -> ChatDialogue:
    return get_object_or_404(ChatDialogue.objects.select_related("live"), pk=dialogue_id)


def _editor(request: HttpRequest, dialogue: ChatDialogue, opened: str) -> HttpResponse:
    """Show the editor; htmx gets only the editor, others the whole page."""
    address = reverse("chat-edit", args=[dialogue.pk]) + (f"?step={opened}" if opened else "")
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(f"{address}#open" if opened else address)
    dialogue = _dialogue(dialogue.pk)
    response = render(request, "leads/chat/_editor.html", {**_context(request, dialogue, opened), "swap": "true"})
    response["HX-Replace-Url"] = address
    return response


def _context(request: HttpRequest, dialogue: ChatDialogue, opened: str) -> dict[str, Any]:
    script = read_script(dialogue.draft)
    found = mistakes(script)
    may_edit = signed_in(request).role in EDITING
    versions = dialogue.versions.select_related("published_by").order_by("-number")
    return {
        "dialogue": dialogue,
        "script": script,
        "rows": _rows(script, found),
        "mistakes": found,
        "general": [mistake.text for mistake in found if mistake.step in ("", GREETING)],
        # The button that moved the step keeps the focus.
        "takes_focus": not request.POST.get("act", "").startswith(("up:", "down:")),
        "opened": opened if may_edit else "",
        "may_edit": may_edit,
        "is_changed": dialogue.live is None or dialogue.live.document != dialogue.draft,
        "kinds": [(key, kind.label) for key, kind in KINDS.items()],
        "targets": [("", BELOW), *((row.key, f"{n}. {row.text[:40]}") for n, row in enumerate(script.steps, 1))],
        "versions": versions[:VERSIONS_SHOWN],
        "fares": drop_off(dialogue, script, now=timezone.now()),
        "embed": embed_code(dialogue),
    }


def _rows(script: Script, found: list[Mistake]) -> list[Row]:
    numbers = {step.key: number for number, step in enumerate(script.steps, 1)}
    return [
        Row(
            numbers[step.key],
            step,
            KINDS[step.kind].label,
            KINDS[step.kind].icon,
            _ways(step, numbers),
            [mistake.text for mistake in found if mistake.step == step.key],
            [*step.choices, *[Choice("")] * min(SPARE_CHOICES, max(MOST_CHOICES - len(step.choices), 0))],
        )
        for step in script.steps
    ]


def _ways(step: Step, numbers: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return where a step leads other than to the step below: the choice, and the step's number."""
    if step.kind == "choice":
        return [(choice.label, _number(choice.next or step.next, numbers)) for choice in step.choices]
    return [("", _number(step.next, numbers))] if step.next and not step.is_end else []


def _number(key: str, numbers: Mapping[str, int]) -> str:
    return str(numbers.get(key, "?")) if key else ""
