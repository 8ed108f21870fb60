"""Companies: the list, and a company with its leads."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from leads.events.catalog import BOOKKEEPING
from leads.models import Event, Lead, Organization, Stage
from leads.people.company_score import MOST_FURTHER, POINTS_EACH, with_scores
from leads.people.keyset import BadCursor, Order, Page, capped_count, page_of
from leads.people.search import search_words
from leads.web.access import EVERYONE, roles_required

M = TypeVar("M", bound=Model)

PAGE_SIZE = 50
ACTIVITY_SHOWN = 20
ORDERS = {
    "-score": Order(("score",), is_descending=True),
    "score": Order(("score",), is_descending=False),
    "name": Order(("name",), is_descending=False),
    "-name": Order(("name",), is_descending=True),
}
DEFAULT_ORDER = "-score"
BEST_FIRST = Order(("score",), is_descending=True)


@dataclass(frozen=True, slots=True)
class StagePart:
    """The number of a company's leads in a stage, and the position of its part of the bar, in percent."""

    stage: str
    label: str
    number: int
    x: float
    width: float


@roles_required(*EVERYONE)
@require_safe
def company_list(request: HttpRequest) -> HttpResponse:
    """Show companies, the best first by default."""
    asked = request.GET.get("q", "").strip()[:100]
    sort = request.GET.get("sort") or DEFAULT_ORDER
    problems = [] if sort in ORDERS else [f"There is no order “{sort[:40]}”. Showing the highest score first."]
    sort = sort if sort in ORDERS else DEFAULT_ORDER
    found = Organization.objects.all()
    for word in search_words(asked):
        found = found.filter(Q(name__icontains=word) | Q(domain__icontains=word))
    page, is_bad = _page(request, with_scores(found.defer("attributes", "attribute_times")), ORDERS[sort])
    context = {
        "page": page,
        "asked": asked,
        "sort": sort,
        "total": capped_count(found),
        "problems": [*problems, *(["This page address is not one of ours. Showing the first page."] if is_bad else [])],
    }
    return render(request, "leads/companies.html", context)


@roles_required(*EVERYONE)
@require_safe
def company_page(request: HttpRequest, organization_id: int) -> HttpResponse:
    """Show a company: its score and where it comes from, its leads, their stages, their latest activity."""
    company = get_object_or_404(with_scores(Organization.objects.all()), pk=organization_id)
    people = Lead.objects.current().filter(organization=company)
    rows = people.select_related("owner").defer("attributes", "attribute_times")
    page, _ = _page(request, rows, BEST_FIRST)
    events = Event.objects.filter(lead__organization=company, lead__merged_into=None).exclude(kind__in=BOOKKEEPING)
    context = {
        "company": company,
        "page": page,
        "mix": _mix(people),
        "breadth": company.score - company.best,  # type: ignore[attr-defined]  # with_scores gave it both
        "points_each": POINTS_EACH,
        "most": MOST_FURTHER,
        "events": events.select_related("lead").order_by("-occurred_at", "-id")[:ACTIVITY_SHOWN],
    }
    return render(request, "leads/company.html", context)


def _page(request: HttpRequest, rows: "QuerySet[M]", order: Order) -> tuple[Page[M], bool]:
    """Return the requested page, and whether its address was invalid; then it is the first one."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return page_of(rows, order, after=after, before=before, size=PAGE_SIZE), False
    except BadCursor:
        return page_of(rows, order, size=PAGE_SIZE), True


def _mix(people: "QuerySet[Lead]") -> list[StagePart]:
    """Return the stages with leads, in order."""
    numbers = dict(people.order_by().values_list("stage").annotate(Count("id")))
    total, x, parts = sum(numbers.values()), 0.0, []
    for stage in Stage:
        if number := numbers.get(stage, 0):
            width = 100 * number / total
            parts.append(StagePart(stage, stage.label, number, round(x, 2), round(width, 2)))
            x += width
    return parts
