from django.contrib import admin

from leads.admin.pages import ReadOnlyAdmin
from leads.models import Connector, Delivery


@admin.register(Connector)
class ConnectorAdmin(ReadOnlyAdmin):
    """Connected vendors, read-only. They are set up on their own screen, which accepts secrets but never shows them."""

    list_display = ("name", "provider", "is_active", "refused_count", "refused_at", "created_at")
    list_filter = ("provider", "is_active")
    list_select_related = ("source",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    # For vendors that sign nothing, knowing the key is enough to deliver.
    exclude = ("key",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Deliveries from vendors, newest first. Their bodies are shown in the connector's own log only."""

    list_display = ("received_at", "connector", "state", "reason", "repeats", "events_made")
    list_filter = ("state", "connector")
    list_select_related = ("connector",)
    search_fields = ("=dedupe_key",)
    ordering = ("-id",)
    exclude = ("body",)
