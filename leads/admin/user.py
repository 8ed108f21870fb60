import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from leads.admin.pages import ActingAdmin, signed_in_admin
from leads.models import User
from leads.people.users import save_user

TIME_ZONES = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")

# Each user has one role, which decides what they may do.
admin.site.unregister(Group)


class UserForm(UserChangeForm):
    """A user, with the time zone chosen from a list."""

    time_zone = forms.ChoiceField(
        choices=[(zone, zone) for zone in TIME_ZONES],
        widget=UnfoldAdminSelectWidget,
        help_text="Times are shown to this user in it.",
    )


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ActingAdmin):  # type: ignore[misc]  # the theme's options are looser than Django's
    """Users, each with one role."""

    form = UserForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": (("first_name", "last_name"), "email", "time_zone")}),
        ("Work", {"fields": ("role", "is_active")}),
        ("Dates", {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "role", "password1", "password2")}),)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: Any) -> None:
        """Store the user with the admin flags of the role."""
        save_user(obj, by=signed_in_admin(request), now=timezone.now())
