from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from leads.admin.pages import ActingAdmin, signed_in_admin
from leads.intake.sources import renew_write_key, save_source
from leads.models import Source


@admin.register(Source)
class SourceAdmin(ActingAdmin):
    """Websites, apps and servers that send events, with their write keys."""

    list_display = ("name", "write_key", "is_active", "created_at")
    search_fields = ("name", "=write_key")
    ordering = ("name",)
    fields = ("name", "is_active", "write_key", "created_at")
    readonly_fields = ("write_key", "created_at")
    actions = ("renew_write_keys",)

    def get_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """Hide the key of a new source; it is created with the first save."""
        return self.fields if obj else ("name",)

    def save_model(self, request: HttpRequest, obj: Source, form: ModelForm, change: bool) -> None:
        """Create a source with a key, or change it."""
        save_source(obj, by=signed_in_admin(request), now=timezone.now())

    @admin.action(description="Renew write keys; the old ones stop working at once")
    def renew_write_keys(self, request: HttpRequest, sources: QuerySet[Source]) -> None:
        """Replace the keys of the chosen sources."""
        for source in sources:
            renew_write_key(source, by=signed_in_admin(request), now=timezone.now())
        names = ", ".join(source.name for source in sources)
        self.message_user(request, f"New write keys: {names}.")
