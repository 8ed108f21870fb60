"""The rule editor: an admin changes a draft, which is begun with the first change and saved by itself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leads.errors import LeadError
from leads.events.catalog import CATALOG
from leads.models import Role
from leads.web.access import roles_required, signed_in
from scoring.engine.facts import NEVER_SCORED_KINDS
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.default import READY_MADE_MEANINGS
from scoring.rules.definition import definition_of
from scoring.rules.diff import changes
from scoring.rules.draft import DraftExists, change_draft, drafts, start_seeing
from scoring.rules.progress import rescore_progress
from scoring.rules.state import state_of
from scoring.rules.words import FIELD_WORDS
from scoring.web.asked import whole_number
from scoring.web.editor_fields import EVENT_FIELDS
from scoring.web.editor_form import TABS, EditorForm
from scoring.web.editor_rows import TooManyRows
from scoring.web.editor_shown import policy_shown, section_shown

TAB_LABELS = {"rules": "Rules", "personas": "Personas", "journeys": "Journeys", "policy": "Thresholds and gates"}
# What the button says that starts a draft beside somebody else's.
OWN_DRAFT = "own"


def editable_version(version: str) -> RuleSet | None:
    """Return the version asked for; without one the newest draft, or the live version. Raises Http404."""
    rows = RuleSet.objects.select_related("published_by", "created_by")
    if version:
        return get_object_or_404(rows, version=_version(version))
    drafts = rows.filter(status=RuleSetStatus.DRAFT).order_by("-version")
    return drafts.first() or rows.filter(status=RuleSetStatus.LIVE).first()


def show_editor(request: HttpRequest, rule_set: RuleSet) -> HttpResponse:
    """Answer the page of the editor."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "rules"
    form = EditorForm.of(tab, definition_of(rule_set), rule_set.note if rule_set.status == RuleSetStatus.DRAFT else "")
    return render(request, "scoring/editor.html", _context(rule_set, form))


@roles_required(Role.ADMIN)
@require_POST
def edit_rules(request: HttpRequest) -> HttpResponse:
    """Save what the form says to the draft; of the live version a draft is begun. htmx gets the form alone."""
    row = get_object_or_404(RuleSet, version=_version(request.POST.get("version", "")))
    tab = request.POST.get("tab", "")
    tab = tab if tab in TABS else "rules"
    definition = definition_of(row)
    saved, found, refusal, other = row, None, "", None
    try:
        form = EditorForm.sent(tab, request.POST)
        form.step(request.POST.get("do", ""), request.POST.get("removed", ""))
        found = form.changes(definition)
        if found is not None:
            saved = _save(request, row, {**definition, **found}, form.note)
    except TooManyRows as error:
        form, refusal = EditorForm.of(tab, definition), str(error)
    except DraftExists as error:
        refusal, other = str(error), error.draft
    except LeadError as error:
        refusal = str(error)
    context = _context(saved, form, refusal=refusal, is_saved=found is not None and not refusal)
    context |= {"other": other, "seen": request.POST.get("seen", "")} if other else {}
    if request.headers.get("HX-Request"):
        context |= {"is_swap": True, "progress": None}
        response = render(request, "scoring/editor/_form.html", context)
        response["HX-Trigger-After-Swap"] = "draft-saved" if found is not None else "draft-refused"
        return response
    if found is None or refusal:
        return render(request, "scoring/editor.html", context, status=400)
    return redirect(f"{reverse('scoring')}?version={saved.version}&tab={form.tab}")


def _save(request: HttpRequest, row: RuleSet, definition: dict[str, Any], note: str) -> RuleSet:
    """Change a draft; of another version start one. Raises DraftExists if there is one that the user has not seen."""
    if row.status == RuleSetStatus.DRAFT:
        return change_draft(row, definition, note=note, state=request.POST.get("state", ""))
    if definition == definition_of(row) and not note:
        return row
    if request.POST.get("do") == OWN_DRAFT:
        seen = {draft.version for draft in drafts()}
    else:
        seen = {whole_number(text) or 0 for text in request.POST.get("seen", "").split()}
    by, now = signed_in(request), timezone.now()
    return start_seeing(row, changes=definition, note=note, seen=seen, by=by, now=now)


def _context(rule_set: RuleSet, form: EditorForm, *, refusal: str = "", is_saved: bool = False) -> dict[str, Any]:
    live = RuleSet.objects.filter(status=RuleSetStatus.LIVE).first()
    before = definition_of(live) if live else None
    after = definition_of(rule_set)
    found = changes(before, after) if before and live != rule_set else []
    now, written = timezone.now(), list(drafts())
    return {
        "rule_set": rule_set,
        "live": live,
        "is_draft": rule_set.status == RuleSetStatus.DRAFT,
        "state": state_of(rule_set),
        "form": form,
        "tab": form.tab,
        "tabs": TAB_LABELS,
        "sections": [section_shown(form, section, before, found) for section in TABS[form.tab]],
        "groups": policy_shown(form, after) if form.tab == "policy" else [],
        "policies": [
            {"name": name, "meaning": meaning, "is_chosen": form.follows(name)}
            for name, meaning in READY_MADE_MEANINGS.items()
            if form.tab == "policy"
        ],
        "value_changes": [change for change in found if change.section == ("policy" if form.tab == "policy" else "")],
        "changes": found,
        "refusal": refusal,
        "saved_at": now if is_saved else None,
        "is_swap": False,
        "progress": rescore_progress(now=now),
        "others": [draft for draft in written if draft != rule_set],
        "seen": " ".join(str(draft.version) for draft in written),
        "event_kinds": [kind for kind in CATALOG if kind.key not in NEVER_SCORED_KINDS],
        "lead_fields": FIELD_WORDS.values(),
        "event_fields": EVENT_FIELDS,
    }


def _version(text: str) -> int:
    version = whole_number(text)
    if version is None:
        raise Http404(f"A version is a whole number, got {text[:40]!r}.")
    return version
