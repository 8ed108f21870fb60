from django.contrib import admin

from leads.admin.pages import ReadOnlyAdmin
from leads.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what, newest first."""

    list_display = ("created_at", "action", "subject", "actor")
    list_select_related = ("actor",)
    list_filter = ("action",)
    search_fields = ("subject",)
    ordering = ("-created_at", "-id")
