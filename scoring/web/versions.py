"""The history of the rules: every version, what it changes, and the way back."""

import json
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.errors import LeadError
from leads.models import Lead, Role
from leads.people.keyset import Order, Page
from leads.web.access import RULE_READING, roles_required, signed_in
from leads.web.paging import asked_page
from leads.web.toasts import add_refusal, add_toast
from scoring.engine.definition import RuleSetError
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import definition_of
from scoring.rules.diff import Change, changes
from scoring.rules.draft import delete_draft, import_draft, start_draft
from scoring.rules.progress import rescore_progress
from scoring.rules.publish import publish
from scoring.web.asked import whole_number

PAGE_SIZE = 50
NEWEST_FIRST = Order(("version",), is_descending=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version changes against another."""

    before: RuleSet
    after: RuleSet
    changes: list[Change]


@roles_required(*RULE_READING)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """List the versions, the newest first."""
    context = {"page": _page(request), "progress": rescore_progress(now=timezone.now()), "wrong": ""}
    return render(request, "scoring/versions.html", context)


@roles_required(*RULE_READING)
@require_safe
def version_page(request: HttpRequest, version: int) -> HttpResponse:
    """Say in words what a version changes against another: ?against=12, the live one unless it is given."""
    after = _find(version)
    against = whole_number(request.GET.get("against", ""))
    before = _live() if against is None else _find(against)
    context = {
        "difference": _difference(before, after) if before else None,
        "rule_set": after,
        "others": RuleSet.objects.exclude(pk=after.pk).order_by("-version")[:PAGE_SIZE],
    }
    return render(request, "scoring/version.html", context)


@roles_required(*RULE_READING)
@require_safe
def export_version(request: HttpRequest, version: int) -> HttpResponse:
    """Answer a version as the JSON file that `manage.py rule_set export` writes."""
    text = json.dumps(definition_of(_find(version)), indent=2, ensure_ascii=False)
    name = f'attachment; filename="rules-v{version}.json"'
    return HttpResponse(f"{text}\n", content_type="application/json", headers={"Content-Disposition": name})


@roles_required(Role.ADMIN)
@require_POST
def import_version(request: HttpRequest) -> HttpResponse:
    """Store a JSON file as a draft."""
    file = request.FILES.get("file")
    try:
        data = json.loads(file.read().decode()) if file else None
        if not isinstance(data, dict):
            raise LeadError("Choose a file that holds a rule set as a JSON object.")
        draft = import_draft(data, now=timezone.now())
    except ValueError as error:
        # A RuleSetError is one and names its place; the others come from reading the file.
        wrong = str(error) if isinstance(error, RuleSetError) else "The file holds no JSON that can be read."
        return _told(request, wrong)
    except LeadError as error:
        return _told(request, str(error))
    add_toast(request, f"{draft} is a draft now; nothing is scored by it yet.")
    return redirect(f"{reverse('scoring')}?version={draft.version}")


@roles_required(Role.ADMIN)
@require_POST
def draft_of_version(request: HttpRequest, version: int) -> HttpResponse:
    """Begin a draft that says what this version says."""
    draft = start_draft(_find(version), now=timezone.now())
    return redirect(f"{reverse('scoring')}?version={draft.version}")


@roles_required(Role.ADMIN)
@require_POST
def discard(request: HttpRequest, version: int) -> HttpResponse:
    """Delete a draft."""
    draft = _find(version)
    try:
        delete_draft(draft, by=signed_in(request), now=timezone.now())
        add_toast(request, f"Draft v{draft.version} is gone.")
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    return redirect("scoring")


@roles_required(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def publish_version(request: HttpRequest, version: int) -> HttpResponse:
    """Ask with the difference in words before a version is published; publish it, or go back to it, when sent."""
    chosen, former = _find(version), _live()
    if request.method != "POST":
        difference = _difference(former, chosen) if former else None
        context = {
            "rule_set": chosen,
            "live": former,
            "difference": difference,
            "leads": Lead.objects.current().count(),
        }
        return render(request, "scoring/publish.html", context)
    try:
        publish(chosen, by=signed_in(request), note=request.POST.get("note", "").strip()[:300], now=timezone.now())
    except (LeadError, RuleSetError) as refusal:
        add_refusal(request, str(refusal))
        return redirect("scoring-versions")
    undo = reverse("scoring-publish", args=[former.version]) if former else ""
    add_toast(request, f"{chosen} is live. Every lead will be scored by it.", undo_url=undo)
    return redirect("scoring-versions")


def _find(version: int) -> RuleSet:
    return get_object_or_404(RuleSet.objects.select_related("published_by"), version=version)


def _live() -> RuleSet | None:
    return RuleSet.objects.filter(status=RuleSetStatus.LIVE).first()


def _difference(before: RuleSet, after: RuleSet) -> Difference:
    return Difference(before, after, changes(definition_of(before), definition_of(after)))


def _told(request: HttpRequest, wrong: str) -> HttpResponse:
    context = {"page": _page(request), "progress": rescore_progress(now=timezone.now()), "wrong": wrong}
    return render(request, "scoring/versions.html", context, status=400)


def _page(request: HttpRequest) -> Page[RuleSet]:
    rows = RuleSet.objects.select_related("published_by")
    return asked_page(request, rows, NEWEST_FIRST, size=PAGE_SIZE)
