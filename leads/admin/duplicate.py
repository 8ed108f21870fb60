from django.contrib import admin

from leads.admin.pages import ReadOnlyAdmin
from leads.models import DuplicateCandidate


@admin.register(DuplicateCandidate)
class DuplicateCandidateAdmin(ReadOnlyAdmin):
    """Leads that may be one person, newest first."""

    list_display = ("first", "second", "reason", "created_at")
    list_select_related = ("first", "second")
    search_fields = ("first__email", "second__email")
    ordering = ("-id",)
