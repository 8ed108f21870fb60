"""Conversations: the list, and each one's transcript."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from leads.models import ChatConversation, ChatDialogue, ChatOutcome, Identifier, IdentifierKind, Lead
from leads.people.keyset import Order, Page
from leads.web.access import CAPTURING, EVERYONE, roles_required
from leads.web.paging import asked_page

NEWEST_FIRST = Order(("started_at",), is_descending=True)
PAGE_SIZE = 50


@roles_required(*CAPTURING)
@require_safe
def chat_talks(request: HttpRequest) -> HttpResponse:
    """List conversations, newest first, optionally of one outcome or dialogue."""
    dialogues = list(ChatDialogue.objects.order_by("name", "id"))
    chosen = _chosen(request, dialogues)
    page = _page(request, chosen)
    context = {
        "rows": _with_leads(page.rows),
        "page": page,
        "query": urlencode(chosen),
        "outcome": chosen.get("outcome", ""),
        "outcomes": [("", "All"), *ChatOutcome.choices],
        "dialogue": chosen.get("dialogue", ""),
        "dialogues": dialogues,
        "without_dialogue": urlencode({name: value for name, value in chosen.items() if name != "dialogue"}),
        "without_outcome": urlencode({name: value for name, value in chosen.items() if name != "outcome"}),
    }
    return render(request, "leads/chat/talks.html", context)


@roles_required(*EVERYONE)
@require_safe
def chat_talk(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a transcript; htmx gets only the lines, to open below an event."""
    rows = ChatConversation.objects.select_related("dialogue", "version", "lead")
    conversation = get_object_or_404(rows, public_id=public_id)
    context = {
        "conversation": conversation,
        "lead": _with_leads([conversation])[0][1],
        "messages_said": conversation.messages.order_by("number"),
    }
    is_peek = request.headers.get("HX-Request")
    return render(request, "leads/chat/_transcript.html" if is_peek else "leads/chat/talk.html", context)


def _chosen(request: HttpRequest, dialogues: Sequence[ChatDialogue]) -> dict[str, str]:
    """Return the valid filters."""
    outcome, slug = request.GET.get("outcome", ""), request.GET.get("dialogue", "")
    given = {
        "outcome": outcome if outcome in ChatOutcome.values else "",
        "dialogue": slug if any(dialogue.slug == slug for dialogue in dialogues) else "",
    }
    return {name: value for name, value in given.items() if value}


def _page(request: HttpRequest, chosen: Mapping[str, str]) -> Page[ChatConversation]:
    rows = ChatConversation.objects.select_related("dialogue", "version", "lead__organization")
    if "outcome" in chosen:
        rows = rows.filter(outcome=chosen["outcome"])
    if "dialogue" in chosen:
        rows = rows.filter(dialogue__slug=chosen["dialogue"])
    return asked_page(request, rows, NEWEST_FIRST, size=PAGE_SIZE)


def _with_leads(conversations: Sequence[ChatConversation]) -> list[tuple[ChatConversation, Lead | None, str]]:
    """Return conversations with their leads, and the text of the current question.

    A visitor who became known later, other than through the chat, is found by the anonymous id.
    """
    strangers = [row.visitor for row in conversations if row.lead is None]
    found = Identifier.objects.filter(kind=IdentifierKind.ANONYMOUS_ID, value__in=strangers, lead__isnull=False)
    leads = {known.value: known.lead for known in found.select_related("lead__organization")} if strangers else {}
    return [(row, row.lead or leads.get(row.visitor), _waiting(row)) for row in conversations]


def _waiting(conversation: ChatConversation) -> str:
    """Return the text of the question that was left unanswered."""
    steps = conversation.version.document["steps"]
    return next((str(step["text"]) for step in steps if step["key"] == conversation.step), "")
