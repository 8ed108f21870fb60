"""What the admin's pages of leads share: lists of big tables, pages that only show, refusals told on the page."""

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
    """Return who is signed in; the admin lets nobody else in."""
    return cast(User, request.user)


class CappedPaginator(Paginator):
    """Counts no further than 10,000 rows, which is as far as anybody leafs; a search finds what lies behind."""

    @cached_property
    def count(self) -> int:
        """Return the rows that can be leafed through."""
        rows = cast("QuerySet[Model]", self.object_list)
        return rows.order_by()[:COUNTED_AT_MOST].count()


class BigTableAdmin(ModelAdmin):
    """A list that stays quick with millions of rows."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None


class ReadOnlyAdmin(BigTableAdmin):
    """Facts: shown, never changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Facts come from what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Facts stay as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Facts stay."""
        return False


class ActingAdmin(BigTableAdmin):
    """Saves through an action of an area; what it refuses is told, and nothing is saved."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Tell a refusal on the page as it is now."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except LeadError as refusal:
            self.message_user(request, f"Nothing was saved. {refusal}", messages.ERROR)
            return redirect(request.path)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What others rely on is switched off, merged or erased by its own action, never just deleted."""
        return False
