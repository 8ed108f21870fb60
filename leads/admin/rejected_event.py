from django.contrib import admin

from leads.admin.pages import ReadOnlyAdmin
from leads.models import RejectedEvent


@admin.register(RejectedEvent)
class RejectedEventAdmin(ReadOnlyAdmin):
    """Rejected events with the reason, newest first."""

    list_display = ("received_at", "source", "reason")
    list_select_related = ("source",)
    list_filter = ("source",)
    search_fields = ("reason",)
    ordering = ("-received_at", "-id")
