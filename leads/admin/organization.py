from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from leads.admin.pages import ActingAdmin, signed_in_admin
from leads.models import Organization
from leads.people.edit_organization import EDITABLE, edit_organization


@admin.register(Organization)
class OrganizationAdmin(ActingAdmin):
    """Companies. A change marks their leads due for scoring."""

    list_display = ("name", "domain", "industry", "employee_count", "country")
    search_fields = ("name", "=domain", "=external_id")
    ordering = ("-id",)
    fields = ("name", "domain", "industry", "employee_count", "country", "attributes", "external_id", "created_at")
    readonly_fields = ("external_id", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Organizations are created with their leads."""
        return False

    def save_model(self, request: HttpRequest, obj: Organization, form: ModelForm, change: bool) -> None:
        """Store the changed fields."""
        changes: dict[str, Any] = {name: form.cleaned_data[name] for name in form.changed_data if name in EDITABLE}
        if changes:
            edit_organization(obj, changes, by=signed_in_admin(request), now=timezone.now())
