"""The lead list."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.models import Lead
from leads.people.keyset import BadCursor, Page, capped_count, page_of
from leads.web.access import EVERYONE, roles_required, signed_in
from leads.web.filters import working_users
from leads.web.lists import ListState

PAGE_SIZE = 50


@roles_required(*EVERYONE)
@require_safe
def lead_list(request: HttpRequest) -> HttpResponse:
    """Show a page of leads; htmx gets only the table."""
    state = ListState(request.GET, list(working_users()))
    leads = state.filters.narrow(Lead.objects.current(), user=signed_in(request), now=timezone.now())
    problems = state.problems()
    try:
        page = _page(request, leads, state)
    except BadCursor as error:
        problems.append(f"{error}. Showing the first page.")
        page = page_of(_with_parts(leads), state.order, size=PAGE_SIZE)
    context = {
        "state": state,
        "page": page,
        "total": capped_count(leads),
        "problems": problems,
        "has_likelihood": any(lead.likelihood is not None for lead in page.rows),
    }
    template = "leads/list/_table.html" if request.headers.get("HX-Target") == "lead-table" else "leads/list.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Target, Cookie"
    return response


def _page(request: HttpRequest, leads: "QuerySet[Lead]", state: ListState) -> Page[Lead]:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return page_of(_with_parts(leads), state.order, after=after, before=before, size=PAGE_SIZE)


def _with_parts(leads: "QuerySet[Lead]") -> "QuerySet[Lead]":
    """Load what a row shows, and defer the rest."""
    return leads.select_related("organization", "owner").defer("attributes", "attribute_times")
