from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import TabularInline

from leads.admin.pages import ReadOnlyAdmin
from leads.models import ChatConversation, ChatDialogue, ChatMessage, ChatVersion


@admin.register(ChatDialogue)
class ChatDialogueAdmin(ReadOnlyAdmin):
    """Dialogues as stored; they are changed in the editor behind "View on site"."""

    list_display = ("name", "slug", "is_active", "live", "created_at")
    list_select_related = ("live",)
    search_fields = ("name", "=slug")
    ordering = ("name",)

    def view_on_site(self, dialogue: ChatDialogue) -> str:
        """Return the address of the editor."""
        return reverse("chat-edit", args=[dialogue.pk])


@admin.register(ChatVersion)
class ChatVersionAdmin(ReadOnlyAdmin):
    """Published versions of the dialogues."""

    list_display = ("dialogue", "number", "published_at", "published_by")
    list_select_related = ("dialogue", "published_by")
    search_fields = ("dialogue__name",)
    ordering = ("-published_at", "-id")


class ChatMessageInline(TabularInline):
    """The transcript of a conversation."""

    model = ChatMessage
    fields = readonly_fields = ("number", "speaker", "text", "step", "said_at")
    ordering = ("number",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only visitors and dialogues speak."""
        return False


@admin.register(ChatConversation)
class ChatConversationAdmin(ReadOnlyAdmin):
    """Conversations with visitors, newest first."""

    list_display = ("started_at", "dialogue", "version", "lead", "outcome", "step", "ended_at")
    list_select_related = ("dialogue", "version", "lead")
    list_filter = ("outcome", "dialogue")
    search_fields = ("=public_id", "=lead__email", "=visitor")
    search_help_text = "A conversation's id, a lead's e-mail address, or an anonymous id"
    ordering = ("-started_at", "-id")
    inlines = (ChatMessageInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[ChatConversation]", search_term: str
    ) -> "tuple[QuerySet[ChatConversation], bool]":
        """Search the id only if the text can be one."""
        try:
            return super().get_search_results(request, queryset, search_term)
        except ValueError:
            return queryset.filter(lead__email=search_term.lower()) | queryset.filter(visitor=search_term), False
