"""Base classes of the admin: lists of big tables, read-only pages, pages that save through an action."""

from functools import cached_property
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from leads.errors import LeadError
from leads.models import User

COUNTED_AT_MOST = 10_000


def signed_in_admin(request: HttpRequest) -> User:
    """Return the signed-in user; the admin lets in nobody else."""
    return cast(User, request.user)


class CappedPaginator(Paginator):
    """Counts up to 10,000 rows, which is as far as anyone pages; a search finds the rest."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows that can be paged through."""
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:COUNTED_AT_MOST].count()


class BigTableAdmin(ModelAdmin):
    """A list that stays fast with millions of rows."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None


class ReadOnlyAdmin(BigTableAdmin):
    """Facts: shown, never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Facts are recorded by the product."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Facts never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Facts are never deleted."""
        return False


class ActingAdmin(BigTableAdmin):
    """Saves through an area's action; a refusal is shown and nothing is saved."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show a refusal on the page with its current values."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except LeadError as refusal:
            self.message_user(request, f"Nothing was saved. {refusal}", messages.ERROR)
            return redirect(request.path)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Objects that others rely on are switched off, merged or erased by their own action, never simply deleted."""
        return False
