from django.contrib import admin

from leads.admin.pages import ReadOnlyAdmin
from leads.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What leads and visitors did, in order of arrival, newest first."""

    list_display = ("occurred_at", "kind", "name", "lead", "identifier", "source", "signal")
    list_select_related = ("lead", "identifier", "source")
    search_fields = ("=message_id", "=identifier__value")
    search_help_text = "A message id, or an identifier as it is stored: an e-mail address, a user id, …"
    ordering = ("-id",)
