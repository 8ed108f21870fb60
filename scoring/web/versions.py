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
from leads.people.keyset import Order
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
from scoring.web.asked import NotUnderstood, whole_number

PAGE_SIZE = 25
OFFERED_TO_COMPARE = 500
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
    return _history(request)


@roles_required(*RULE_READING)
@require_safe
def version_page(request: HttpRequest, version: int) -> HttpResponse:
    """Say in words what a version changes against another: ?against=12, else a draft against the live version and any
    other against the one before it."""
    after, live = _find(version), _live()
    against = whole_number(request.GET.get("against", ""))
    former = _former(after)
    usual = live if after.status == RuleSetStatus.DRAFT else former
    before = usual if against is None else _find(against)
    context = {
        "difference": _difference(before, after) if before else None,
        "rule_set": after,
        "live": live,
        "former": former,
        "others": RuleSet.objects.exclude(pk=after.pk).order_by("-version")[:OFFERED_TO_COMPARE],
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
    try:
        draft = import_draft(_sent_definition(request), by=signed_in(request), now=timezone.now())
    except (LeadError, RuleSetError) as error:
        return _history(request, wrong=str(error))
    add_toast(request, f"{draft} is a draft now; nothing is scored by it yet.")
    return redirect(f"{reverse('scoring')}?version={draft.version}")


@roles_required(Role.ADMIN)
@require_POST
def draft_of_version(request: HttpRequest, version: int) -> HttpResponse:
    """Begin a draft that says what this version says."""
    draft = start_draft(_find(version), by=signed_in(request), now=timezone.now())
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


def _sent_definition(request: HttpRequest) -> dict[str, object]:
    """Read the file that was sent. Raises NotUnderstood, which names the place where it is no JSON."""
    file = request.FILES.get("file")
    try:
        data = json.loads(file.read().decode()) if file else None
    except UnicodeDecodeError as error:
        raise NotUnderstood("This file is not text in UTF-8, so it can't be JSON.") from error
    except json.JSONDecodeError as error:
        raise NotUnderstood(f"This file is not JSON: look at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise NotUnderstood("This file is nested too deeply to be a rule set.") from error
    if not isinstance(data, dict):
        raise NotUnderstood("Choose a file that holds a rule set as a JSON object.")
    return data


def _find(version: int) -> RuleSet:
    return get_object_or_404(RuleSet.objects.select_related("published_by"), version=version)


def _live() -> RuleSet | None:
    return RuleSet.objects.filter(status=RuleSetStatus.LIVE).first()


def _difference(before: RuleSet, after: RuleSet) -> Difference:
    return Difference(before, after, changes(definition_of(before), definition_of(after)))


def _former(rule_set: RuleSet) -> RuleSet | None:
    """Return the version that was published before this one."""
    earlier = RuleSet.objects.exclude(status=RuleSetStatus.DRAFT).filter(version__lt=rule_set.version)
    return earlier.order_by("-version").first()


def _history(request: HttpRequest, *, wrong: str = "") -> HttpResponse:
    rows = RuleSet.objects.select_related("published_by", "created_by")
    context = {
        "page": asked_page(request, rows, NEWEST_FIRST, size=PAGE_SIZE),
        "count": rows.count(),
        "live": _live(),
        "progress": rescore_progress(now=timezone.now()),
        "wrong": wrong,
    }
    return render(request, "scoring/versions.html", context, status=400 if wrong else 200)
