"""Export any lead list as a sheet."""

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leads.audit.record import record_audit
from leads.models import Lead
from leads.people.keyset import capped_count
from leads.reports.lead_sheet import (
    COLUMNS,
    SheetColumn,
    TooMany,
    attribute_columns,
    chosen_columns,
    csv_lines,
    workbook_of,
)
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.filters import working_users
from leads.web.lists import ListState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"csv": "CSV", "xlsx": "XLSX"}


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """Show the columns to choose from; send the leads of the list's filters, in its order."""
    state = ListState(request.GET, list(working_users()))
    leads = state.filters.narrow(Lead.objects.current(), user=signed_in(request), now=timezone.now())
    leads = leads.order_by(*state.order.names())
    keys = (
        request.POST.getlist("columns") if request.method == "POST" else [k for k, c in COLUMNS.items() if c.is_usual]
    )
    problem = " ".join(state.problems())
    if request.method == "POST" and not problem:
        columns, form = chosen_columns(keys), request.POST.get("format", "")
        if not columns:
            problem = "Choose at least one column."
        elif form not in FORMATS:
            problem = f"Choose CSV or XLSX, got “{form[:20]}”."
        else:
            try:
                return _send(request, state, leads, columns, form)
            except TooMany as refusal:
                problem = str(refusal)
    return _choice(request, state, leads, keys, problem)


def _send(
    request: HttpRequest, state: ListState, leads: "QuerySet[Lead]", columns: list[SheetColumn], form: str
) -> HttpResponseBase:
    now = timezone.now()
    name = f"leads-{timezone.localtime(now):%Y-%m-%d}.{form}"
    response: HttpResponseBase
    if form == "xlsx":
        response = FileResponse(workbook_of(leads, columns), as_attachment=True, filename=name, content_type=XLSX)
    else:
        response = StreamingHttpResponse(csv_lines(leads, columns), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    # A search text may be somebody's name, so only the names of the filters are logged.
    filters = ", ".join(sorted(state.params)) or "all leads"
    record_audit("leads exported", f"{form}, {len(columns)} columns; {filters}", by=signed_in(request), now=now)
    return response


def _choice(
    request: HttpRequest, state: ListState, leads: "QuerySet[Lead]", keys: list[str], problem: str
) -> HttpResponse:
    columns = {**COLUMNS, **attribute_columns(leads)}
    context = {
        "state": state,
        "columns": [(key, column.label, key in keys) for key, column in columns.items()],
        "formats": FORMATS.items(),
        "total": capped_count(leads),
        "problem": problem,
    }
    return render(request, "leads/export.html", context, status=400 if problem else 200)
