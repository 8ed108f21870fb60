"""Map the columns of a file, with a preview of the first rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from leads.channels.imports import jobs
from leads.channels.imports.countries import NAMES
from leads.channels.imports.mapping import Choice
from leads.channels.imports.preview import Preview, preview
from leads.channels.imports.targets import EVENTS, GROUPS, attribute_target, label_of_target
from leads.errors import InvalidValue, LeadError
from leads.models import ImportJob, OnConflict
from leads.tasks import work_soon
from leads.web.access import CAPTURING, roles_required
from leads.web.toasts import add_refusal

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its heading, some values, and its target."""

    place: int
    heading: str
    samples: Sequence[str]
    target: str
    own_target: str
    own_label: str


@roles_required(*CAPTURING)
@require_POST
def import_columns(request: HttpRequest, job_id: int) -> HttpResponse:
    """Store the mapping and start the check; or preview the first rows, for htmx only the preview."""
    job = get_object_or_404(ImportJob, pk=job_id)
    choice, now = _choice(request, job), timezone.now()
    if request.headers.get("HX-Request"):
        return render(request, "leads/import/_preview.html", {"job": job, **_preview_context(job, choice, now)})
    if "preview" not in request.POST:
        try:
            jobs.choose_columns(job, choice, now=now)
        except InvalidValue:
            pass  # Shown on the page, beside the choice.
        except LeadError as refusal:
            add_refusal(request, str(refusal))
            return redirect("import-page", job.pk)
        else:
            work_soon(job.pk, rows=job.total)
            return redirect("import-page", job.pk)
    context = mapping_context(job, choice, now=now)
    return render(
        request, "leads/import_columns.html", {"job": job, **context}, status=400 if context["problem"] else 200
    )


def _choice(request: HttpRequest, job: ImportJob) -> Choice:
    given = request.POST
    columns = [given.get(f"column-{place}", "") for place in range(len(job.headings))]
    return Choice(
        columns, given.get("default_country", ""), given.get("day_first", "1") == "1", given.get("on_conflict", "")
    )


def mapping_context(job: ImportJob, choice: Choice, *, now: datetime) -> dict[str, object]:
    """Return the context of the mapping page."""
    return {
        "columns": _columns(job, choice),
        "groups": GROUPS,
        "events": EVENTS,
        "countries": sorted(NAMES.items(), key=lambda country: country[1]),
        "choice": choice,
        "on_conflict": OnConflict.choices,
        "used": sum(map(bool, choice.columns)),
        **_preview_context(job, choice, now),
    }


def _preview_context(job: ImportJob, choice: Choice, now: datetime) -> dict[str, object]:
    try:
        choice.check(job.headings)
    except InvalidValue as refusal:
        return {"problem": str(refusal), "preview": Preview((), ())}
    return {"problem": "", "preview": preview(job, choice, now=now)}


def _columns(job: ImportJob, choice: Choice) -> list[Column]:
    return [
        Column(
            place,
            heading,
            _samples(job, place),
            target,
            own := target if target.startswith("attributes.") else attribute_target(heading),
            label_of_target(own),
        )
        for place, (heading, target) in enumerate(zip(job.headings, choice.columns, strict=True))
    ]


def _samples(job: ImportJob, place: int) -> list[str]:
    filled = (row[place] for row in job.first_rows if place < len(row) and row[place])
    return list(dict.fromkeys(filled))[:SAMPLES]
