"""Sign-in in the admin: lockouts after wrong passwords, and API tokens."""

from axes.admin import AccessAttemptAdmin as AxesAttemptAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.http import HttpRequest
from rest_framework.authtoken.admin import TokenAdmin as DrfTokenAdmin
from rest_framework.authtoken.models import TokenProxy
from unfold.admin import ModelAdmin

for model in (AccessAttempt, AccessFailureLog, AccessLog, TokenProxy):
    admin.site.unregister(model)


@admin.register(AccessAttempt)
class AccessAttemptAdmin(AxesAttemptAdmin, ModelAdmin):
    """Wrong passwords by user name and address; deleting a row lifts the lockout."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    list_filter = ()
    date_hierarchy = None
    fields = ("username", "ip_address", "attempt_time", "failures_since_start", "user_agent")
    fieldsets = ()
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Attempts are recorded, never entered by hand."""
        return False


@admin.register(TokenProxy)
class TokenAdmin(DrfTokenAdmin, ModelAdmin):
    """Tokens for the REST API; deleting one revokes it."""

    list_display = ("user", "created")
    list_select_related = ("user",)
