"""The requested page of a list."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from leads.people.keyset import BadCursor, Order, Page, page_of

M = TypeVar("M", bound=Model)


def asked_page(request: HttpRequest, rows: "QuerySet[M]", order: Order, *, size: int) -> Page[M]:
    """Return the page at ?after= or ?before=; the first one if the cursor is invalid."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return page_of(rows, order, after=after, before=before, size=size)
    except BadCursor:
        return page_of(rows, order, size=size)
