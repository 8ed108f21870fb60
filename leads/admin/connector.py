from django.contrib import admin

from leads.admin.pages import ReadOnlyAdmin
from leads.models import Connector, Delivery


@admin.register(Connector)
class ConnectorAdmin(ReadOnlyAdmin):
    """Connected vendors; set up and changed on their own screen, where secrets go in and never come out."""

    list_display = ("name", "provider", "is_active", "refused_count", "refused_at", "created_at")
    list_filter = ("provider", "is_active")
    list_select_related = ("source",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    # Whoever knows the key may deliver where a vendor signs nothing.
    exclude = ("key",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What vendors delivered, newest first, without the bodies, which the connector's own log shows."""

    list_display = ("received_at", "connector", "state", "reason", "repeats", "events_made")
    list_filter = ("state", "connector")
    list_select_related = ("connector",)
    search_fields = ("=dedupe_key",)
    ordering = ("-id",)
    exclude = ("body",)
