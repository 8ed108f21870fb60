"""The page of a list that an address asks for."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from leads.people.keyset import BadCursor, Order, Page, page_of

M = TypeVar("M", bound=Model)


def asked_page(request: HttpRequest, rows: "QuerySet[M]", order: Order, *, size: int) -> Page[M]:
    """Return the page behind ?after= or in front of ?before=; the first one where that can't be read."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return page_of(rows, order, after=after, before=before, size=size)
    except BadCursor:
        return page_of(rows, order, size=size)
