"""The rule editor: an admin changes a draft, which is begun with the first change and saved by itself."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leads.errors import LeadError
from leads.events.catalog import CATALOG, channel_of
from leads.models import Role
from leads.web.access import roles_required
from scoring.engine.condition_definition import LEAD_FIELDS
from scoring.engine.facts import NEVER_SCORED_KINDS
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.default import READY_MADE_MEANINGS
from scoring.rules.definition import definition_of
from scoring.rules.diff import Change, changes
from scoring.rules.draft import change_draft, start_draft
from scoring.rules.progress import rescore_progress
from scoring.rules.state import state_of
from scoring.web.asked import whole_number
from scoring.web.editor_fields import GATES, LIMIT_SPECS, POLICY_SPECS, SPECS, Spec
from scoring.web.editor_form import TABS, EditorForm
from scoring.web.editor_words import EMPTY, HELP
from scoring.web.figures import name_key

TAB_LABELS = {"rules": "Rules", "personas": "Personas", "journeys": "Journeys", "policy": "Thresholds and gates"}
SECTION_LABELS = {"rules": "Behaviour", "fit": "Fit", "personas": "Personas", "journeys": "Journeys"}
ADD_LABELS = {"rules": "Add rule", "fit": "Add fit rule", "personas": "Add persona", "journeys": "Add journey"}
# What a section's points sum to at most stands in its head.
LIMITS = dict(zip(("rules", "fit"), LIMIT_SPECS, strict=True))


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field as a template draws it."""

    spec: Spec
    name: str
    value: str
    error: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class RowShown:
    """One rule, persona or journey. key: of its figures; was: what it changes against the live version, in words."""

    section: str
    number: int
    key: str
    texts: dict[str, str]
    fields: list[FieldShown]
    was: list[str]
    was_points: float | None
    channel: str
    is_open: bool


def editable_version(version: str) -> RuleSet | None:
    """Return the version asked for; without one the newest draft, or the live version. Raises Http404."""
    rows = RuleSet.objects.select_related("published_by")
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
    form = EditorForm.sent(tab if tab in TABS else "rules", request.POST)
    form.step(request.POST.get("do", ""))
    definition = definition_of(row)
    found = form.changes(definition)
    saved, refusal = row, ""
    if found is not None:
        try:
            saved = _save(row, {**definition, **found}, form.note, request.POST.get("state", ""))
        except LeadError as error:
            refusal = str(error)
    if request.headers.get("HX-Request"):
        context = _context(saved, form, refusal=refusal, is_saved=found is not None and not refusal, is_swap=True)
        response = render(request, "scoring/editor/_form.html", context)
        response["HX-Trigger-After-Swap"] = "draft-saved" if found is not None else "draft-refused"
        return response
    if found is None or refusal:
        return render(request, "scoring/editor.html", _context(saved, form, refusal=refusal), status=400)
    return redirect(f"{reverse('scoring')}?version={saved.version}&tab={form.tab}")


def _save(row: RuleSet, definition: dict[str, Any], note: str, state: str) -> RuleSet:
    if row.status == RuleSetStatus.DRAFT:
        return change_draft(row, definition, note=note, state=state)
    if definition == definition_of(row) and not note:
        return row
    draft = start_draft(row, changes=definition, now=timezone.now())
    return change_draft(draft, definition, note=note)


def _context(
    rule_set: RuleSet, form: EditorForm, *, refusal: str = "", is_saved: bool = False, is_swap: bool = False
) -> dict[str, Any]:
    live = RuleSet.objects.filter(status=RuleSetStatus.LIVE).first()
    before = definition_of(live) if live else None
    after = definition_of(rule_set)
    found = changes(before, after) if before and live != rule_set else []
    now = timezone.now()
    return {
        "rule_set": rule_set,
        "live": live,
        "is_draft": rule_set.status == RuleSetStatus.DRAFT,
        "state": state_of(rule_set),
        "form": form,
        "tab": form.tab,
        "tabs": TAB_LABELS,
        "sections": [_section(form, section, before, found) for section in TABS[form.tab]],
        "values": [_field(form, None, "", spec, form.values) for spec in POLICY_SPECS if form.tab == "policy"],
        "policies": [
            {"name": name, "meaning": meaning, "is_chosen": form.follows(name)}
            for name, meaning in READY_MADE_MEANINGS.items()
            if form.tab == "policy"
        ],
        "gates": {section: ["any", *(part["name"] for part in after[section])] for section in GATES.values()},
        "value_changes": [change for change in found if change.section == ("policy" if form.tab == "policy" else "")],
        "changes": found,
        "refusal": refusal,
        "saved_at": now if is_saved else None,
        "is_swap": is_swap,
        "progress": rescore_progress(now=now) if not is_swap else None,
        "event_kinds": [kind for kind in CATALOG if kind.key not in NEVER_SCORED_KINDS],
        "lead_fields": LEAD_FIELDS,
    }


def _section(form: EditorForm, section: str, before: dict[str, Any] | None, found: list[Change]) -> dict[str, Any]:
    live_points = {part["name"]: part.get("points") for part in before[section]} if before else {}
    rows = [
        _row(form, section, number, [change for change in found if change.section == section], live_points)
        for number in range(len(form.rows[section]))
    ]
    removed = [change for change in found if change.section == section and change.what.endswith("removed")]
    gone = [change for change in removed if change.name not in {row.texts["name"] for row in rows}]
    return {
        "key": section,
        "label": SECTION_LABELS[section],
        "add": ADD_LABELS[section],
        "rows": rows,
        "gone": gone,
        "empty": EMPTY[section],
        "has_points": section in ("rules", "fit"),
        "limit": _field(form, None, "", LIMITS[section], form.values) if section in LIMITS else None,
    }


def _row(
    form: EditorForm, section: str, number: int, found: list[Change], live_points: dict[str, float | None]
) -> RowShown:
    texts = form.rows[section][number]
    was = [change.what for change in found if change.name == texts["name"]]
    has_other_points = any(what.startswith("points ") for what in was)
    is_wrong = any(place[:2] == (section, number) for place in form.errors)
    return RowShown(
        section=section,
        number=number,
        key=_key(form, section, number),
        texts=texts,
        fields=[_field(form, number, section, spec, texts) for spec in SPECS[section]],
        was=was,
        was_points=live_points.get(texts["name"]) if has_other_points else None,
        channel=channel_of(texts["kind"]) if section == "rules" else "",
        is_open=is_wrong or form.opened == (section, number),
    )


def _key(form: EditorForm, section: str, number: int) -> str:
    """Return what a row's figures are found by; two rows of one name can't be saved, and the second has none."""
    names = [texts["name"] for texts in form.rows[section]]
    key = name_key(names[number])
    return f"{key}-{number}" if names[number] in names[:number] else key


def _field(form: EditorForm, number: int | None, section: str, spec: Spec, texts: dict[str, str]) -> FieldShown:
    name = spec.key if number is None else f"{section}-{number}-{spec.key}"
    place = "policy" if number is None and form.tab == "policy" else section
    error = form.errors.get((place, number, spec.key), "")
    return FieldShown(spec, name, texts.get(spec.key, ""), error, HELP.get(spec.key, ""))


def _version(text: str) -> int:
    version = whole_number(text)
    if version is None:
        raise Http404(f"A version is a whole number, got {text[:40]!r}.")
    return version
