"""The list of dialogues with their figures, and their settings: name, colour, websites, on and off."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.chat.drop_off import figures
from leads.channels.chat.script import Script, Step
from leads.channels.chat.settings import InvalidSetting, save_dialogue, start_draft, switch_dialogue
from leads.channels.chat.starter import starter
from leads.models import ChatDialogue, Role
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.toasts import add_toast

EDITING = (Role.MANAGER, Role.ADMIN)
STARTS = {"ready": "A ready-made qualifying dialogue", "empty": "One question and an end"}


class DialogueForm(forms.Form):
    """The look of a dialogue, and the websites it may be on."""

    name = forms.CharField(max_length=100)
    launcher = forms.CharField(max_length=40, initial="Chat with us", label="Words on the button")
    colour = forms.CharField(max_length=7, initial="#0f6650", widget=forms.TextInput(attrs={"type": "color"}))
    domains = forms.CharField(
        required=False, max_length=2000, label="Websites that may show it", widget=forms.Textarea(attrs={"rows": 3})
    )


class NewDialogueForm(DialogueForm):
    """A new dialogue with some initial steps."""

    start = forms.ChoiceField(choices=STARTS.items(), label="Begin with", initial="ready")


@roles_required(*CAPTURING)
@require_safe
def chat_list(request: HttpRequest) -> HttpResponse:
    """List the dialogues with their figures of the last 30 days."""
    counted = figures(now=timezone.now())
    dialogues = ChatDialogue.objects.select_related("live").order_by("name", "id")
    rows = [(dialogue, counted.get(dialogue.pk, {})) for dialogue in dialogues]
    context = {"rows": rows, "may_edit": signed_in(request).role in EDITING}
    return render(request, "leads/chat/list.html", context)


@roles_required(*EDITING)
@require_http_methods(["GET", "HEAD", "POST"])
def chat_new(request: HttpRequest) -> HttpResponse:
    """Create a dialogue; visitors see it once it is published."""
    form = NewDialogueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        dialogue = start_draft(starter() if form.cleaned_data["start"] == "ready" else _shortest())
        if _is_saved(request, dialogue, form):
            add_toast(request, f"{dialogue.name} is made. Publish it when it says what you want.")
            return redirect("chat-edit", dialogue.pk)
    return render(request, "leads/chat/settings.html", {"form": form}, status=400 if form.is_bound else 200)


@roles_required(*EDITING)
@require_http_methods(["GET", "HEAD", "POST"])
def chat_settings(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Change a dialogue's name, colour, button and websites, effective at once."""
    dialogue = get_object_or_404(ChatDialogue, pk=dialogue_id)
    known = {name: getattr(dialogue, name) for name in ("name", "launcher", "colour")}
    form = DialogueForm(request.POST or None, initial={**known, "domains": "\n".join(dialogue.domains)})
    if request.method == "POST" and form.is_valid() and _is_saved(request, dialogue, form):
        add_toast(request, f"{dialogue.name} is changed.")
        return redirect("chat-edit", dialogue.pk)
    context = {"form": form, "dialogue": dialogue}
    return render(request, "leads/chat/settings.html", context, status=400 if form.is_bound else 200)


@roles_required(*EDITING)
@require_POST
def chat_switch(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Open a dialogue to visitors, or close it; Undo reverts that."""
    dialogue = get_object_or_404(ChatDialogue, pk=dialogue_id)
    is_active = not dialogue.is_active
    switch_dialogue(dialogue, is_active=is_active, by=signed_in(request), now=timezone.now())
    state = "open to visitors" if is_active else "closed to visitors"
    add_toast(request, f"{dialogue.name} is {state}.", undo_url=reverse("chat-switch", args=[dialogue.pk]))
    return redirect("chat-edit", dialogue.pk)


def embed_code(dialogue: ChatDialogue) -> str:
    """Return the HTML line that embeds a dialogue."""
    address = settings.PUBLIC_URL + reverse("chat-script")
    return f'<script src="{address}" data-dialogue="{dialogue.slug}" async></script>'


def _is_saved(request: HttpRequest, dialogue: ChatDialogue, form: forms.Form) -> bool:
    """Store the form; show a refusal beside its field."""
    try:
        save_dialogue(dialogue, form.cleaned_data, by=signed_in(request), now=timezone.now())
    except InvalidSetting as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _shortest() -> Script:
    return Script(
        "",
        (
            Step("step-1", "email", "At which e-mail address may we answer you?"),
            Step("step-2", "end", "Thank you. We will be in touch."),
        ),
    )
