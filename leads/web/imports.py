"""Imports: the list with the upload, and the actions on an import."""

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.imports import jobs
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.problems import problem_lines
from leads.errors import LeadError
from leads.models import ImportedLead, ImportJob, ImportState
from leads.models.import_job import AT_WORK
from leads.people.keyset import Order, Page
from leads.tasks import work_soon
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.import_mapping import mapping_context
from leads.web.import_words import outcome_lines, undo_lines
from leads.web.paging import asked_page
from leads.web.toasts import add_refusal, add_toast

PAGE_SIZE = 50
KEPT_SHOWN = 50
NEWEST_FIRST = Order(("created_at",), is_descending=True)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Show the imports, newest first; take an uploaded file."""
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = "Choose a file: CSV or XLSX."
        else:
            try:
                return redirect("import-page", _take(request, file).pk)
            except LeadError as refusal:
                problem = str(refusal)
    context = {"page": _page(request), "problem": problem, "most": jobs.LARGEST // 1_000_000}
    return render(request, "leads/imports.html", context, status=400 if problem else 200)


def _take(request: HttpRequest, file: "UploadedFile[Any]") -> ImportJob:
    content = cast(BinaryIO, file.file)
    name, size = file.name or "", file.size or 0
    return jobs.take_file(content, name=name, size=size, by=signed_in(request), now=timezone.now())


def _page(request: HttpRequest) -> Page[ImportJob]:
    # Columns that the list does not show may be large: headings and rows of files.
    rows = ImportJob.objects.select_related("created_by").defer("headings", "first_rows", "columns", "check_counts")
    return asked_page(request, rows, NEWEST_FIRST, size=PAGE_SIZE)


@roles_required(*CAPTURING)
@require_safe
def import_page(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show an import: the mapping, the progress, or the result."""
    job = get_object_or_404(ImportJob.objects.select_related("created_by"), pk=job_id)
    if job.state == ImportState.MAPPING or (request.GET.get("columns") and job.state == ImportState.CHECKED):
        context = mapping_context(job, choice_of(job), now=timezone.now())
        return render(request, "leads/import_columns.html", {"job": job, **context})
    return render(request, "leads/import.html", _context(job))


@roles_required(*CAPTURING)
@require_safe
def import_progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """Show an import's progress; once it is finished, htmx gets the whole page."""
    job = get_object_or_404(ImportJob.objects.select_related("created_by"), pk=job_id)
    return render(request, "leads/import/_state.html", _context(job))


def _context(job: ImportJob) -> dict[str, object]:
    is_undo = job.state == ImportState.UNDOING
    total = job.imported_leads.count() + sum(job.undo.values()) if is_undo else job.total
    done = {ImportState.CHECKING: job.checked_to, ImportState.UNDOING: sum(job.undo.values())}
    was_checked = job.state in (ImportState.CHECKED, ImportState.CHECKING)
    counts = job.check_counts if was_checked else job.result
    kept = ImportedLead.objects.filter(job=job).exclude(kept_because="").select_related("lead").order_by("lead_id")
    return {
        "job": job,
        "is_at_work": job.state in AT_WORK,
        "done": done.get(ImportState(job.state), job.stored_to),
        "total": total,
        "lines": outcome_lines(counts, is_to_come=was_checked),
        "reasons": sorted(counts.get("reasons", {}).items(), key=lambda reason: -reason[1]),
        "notes": sorted(counts.get("notes", {}).items(), key=lambda note: -note[1]),
        "undo": undo_lines(job.undo),
        "kept": list(kept[:KEPT_SHOWN]) if job.state == ImportState.UNDONE else [],
        "has_file": jobs.is_readable(job),
    }


@roles_required(*CAPTURING)
@require_POST
def import_start(request: HttpRequest, job_id: int) -> HttpResponse:
    """Run a checked import."""
    return _do(request, job_id, "start")


@roles_required(*CAPTURING)
@require_POST
def import_stop(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a running import."""
    return _do(request, job_id, "stop")


@roles_required(*CAPTURING)
@require_POST
def import_go_on(request: HttpRequest, job_id: int) -> HttpResponse:
    """Continue a stopped import."""
    return _do(request, job_id, "go on")


@roles_required(*CAPTURING)
@require_POST
def import_undo(request: HttpRequest, job_id: int) -> HttpResponse:
    """Undo an import."""
    return _do(request, job_id, "undo")


@roles_required(*CAPTURING)
@require_POST
def import_discard(request: HttpRequest, job_id: int) -> HttpResponse:
    """Delete an import that has stored nothing."""
    return _do(request, job_id, "discard")


def _do(request: HttpRequest, job_id: int, what: str) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    user, now = signed_in(request), timezone.now()
    try:
        if what == "start":
            jobs.start(job, by=user, now=now)
        elif what == "stop":
            jobs.stop(job, now=now)
            add_toast(request, f"{job.name} is stopped; what is stored stays.")
        elif what == "go on":
            jobs.go_on(job, now=now)
        elif what == "undo":
            jobs.begin_undo(job, by=user, now=now)
        else:
            jobs.discard(job, by=user, now=now)
            add_toast(request, f"{job.name} is discarded.")
            return redirect("import-list")
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    else:
        if job.state in AT_WORK:
            work_soon(job.pk, rows=job.total)
    return redirect("import-page", job.pk)


@roles_required(*CAPTURING)
@require_safe
def import_problems(request: HttpRequest, job_id: int) -> StreamingHttpResponse:
    """Send the rows that were refused or stored in part, with the reasons, as CSV."""
    job = get_object_or_404(ImportJob, pk=job_id)
    if not jobs.is_readable(job) or not any(job.columns):
        raise Http404("The file of this import is no longer here.")
    response = StreamingHttpResponse(problem_lines(job, now=timezone.now()), content_type="text/csv; charset=utf-8")
    name = job.name.rpartition(".")[0] or job.name
    response.headers["Content-Disposition"] = _attachment(f"{name} problems.csv")
    return response


def _attachment(name: str) -> str:
    plain = "".join(char for char in name if char.isascii() and (char.isalnum() or char in " ._-"))
    return f'attachment; filename="{plain}"'
