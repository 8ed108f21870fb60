from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads.admin.pages import ActingAdmin, ReadOnlyAdmin, signed_in_admin
from leads.channels.forms.keep import open_form
from leads.models import Consent, Form, FormMail, FormSubmission


@admin.register(Form)
class FormAdmin(ActingAdmin):
    """Forms. Their questions are changed in the editor, which previews them."""

    list_display = ("name", "key", "event_kind", "is_live", "is_double_opt_in", "created_at")
    list_filter = ("is_live", "event_kind")
    search_fields = ("name", "=key")
    ordering = ("name",)
    fields = ("name", "key", "is_live", "event_kind", "is_double_opt_in", "created_at", "changed_at", "editor")
    readonly_fields = ("name", "key", "event_kind", "is_double_opt_in", "created_at", "changed_at", "editor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Forms are created on their own screen, from ready-made ones."""
        return False

    def save_model(self, request: HttpRequest, obj: Form, form: ModelForm, change: bool) -> None:
        """Open or close the form."""
        open_form(obj, is_live=obj.is_live, by=signed_in_admin(request), now=timezone.now())

    @admin.display(description="What it asks")
    def editor(self, form: Form) -> SafeString:
        """Link to the editor."""
        return format_html('<a class="link" href="{}">Open the editor</a>', reverse("form-edit", args=[form.pk]))


@admin.register(FormSubmission)
class FormSubmissionAdmin(ReadOnlyAdmin):
    """Submissions that were blocked as spam or wait to be confirmed."""

    list_display = ("received_at", "form", "state", "reason", "taken_at", "taken_by")
    list_select_related = ("form", "taken_by")
    list_filter = ("state", "reason")
    search_fields = ("=message_id",)
    ordering = ("-received_at", "-id")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Consents to be mailed or called, word for word."""

    list_display = ("said_at", "identifier", "channel", "state", "how", "form")
    list_select_related = ("identifier", "form")
    list_filter = ("channel", "state", "how")
    search_fields = ("=identifier__value", "=message_id")
    ordering = ("-id",)


@admin.register(FormMail)
class FormMailAdmin(ReadOnlyAdmin):
    """Mails sent or to be sent by forms."""

    list_display = ("made_at", "kind", "form", "identifier", "tries", "sent_at")
    list_select_related = ("form", "identifier")
    list_filter = ("kind",)
    search_fields = ("=identifier__value", "=message_id")
    ordering = ("-id",)
