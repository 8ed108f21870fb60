"""What the lists of links and downloads share: tabs for those in use and the archived ones, and daily counts."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from leads.events.tally import by_day, totals
from leads.models import Asset, Counted, Link
from leads.people.keyset import Order
from leads.web.day_bars import day_bars
from leads.web.paging import asked_page

DAYS = 30
PAGE_SIZE = 50
NEWEST_FIRST = Order(("created_at",), is_descending=True)

A = TypeVar("A", Asset, Link)


def asked_tab(request: HttpRequest, things: "QuerySet[A]") -> dict[str, Any]:
    """Return the context of a list: `page`, newest first, `is_archive`, and `days`, the period of its counts."""
    is_archive = request.GET.get("show") == "archived"
    page = asked_page(request, things.filter(archived_at__isnull=not is_archive), NEWEST_FIRST, size=PAGE_SIZE)
    return {"page": page, "is_archive": is_archive, "days": DAYS}


def counts_lately(kinds: Collection[Counted], things: Collection[A]) -> Mapping[int, Mapping[str, int]]:
    """Return for each thing's id how often each kind was counted in the last DAYS; one query."""
    first_day = timezone.now().date() - timedelta(days=DAYS - 1)
    return totals(kinds, [thing.pk for thing in things], since=first_day)


def counts_of(kinds: Collection[Counted], thing: A, *, charted: Counted) -> dict[str, Any]:
    """Return the context of one thing's counts: total per kind (`ever`), and the `chart` of one kind over `days`."""
    days = by_day(charted, thing.pk, days=DAYS, today=timezone.now().date())
    return {"ever": totals(kinds, [thing.pk])[thing.pk], "chart": day_bars(days), "days": DAYS}
