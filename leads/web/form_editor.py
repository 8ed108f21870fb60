"""The form editor: preview, fields and texts, what happens next, and the funnel."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leads.channels.forms.check import FormRefused
from leads.channels.forms.count import DAYS, funnel_of
from leads.channels.forms.fields import LEAD_FIELDS, MODES, TYPES
from leads.channels.forms.keep import save_form
from leads.channels.forms.show import ShownForm, show_form
from leads.events.catalog import label_of
from leads.models import ConsentChannel, Form
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.form_draft import NOT_ASKED, Draft, draft_in, draft_of, field_forms, settings_form
from leads.web.form_snippets import snippets_of
from leads.web.toasts import add_toast

SAVE = "save"
EXAMPLES = {"email": "maja@fjallrav", "name": "Maja Lindqvist", "company": "Fjällräv Outdoor"}
MISTAKE = {"email": "Add the part after the dot, such as .com or .se"}


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_form(request: HttpRequest, form_id: int) -> HttpResponse:
    """Show the editor. Its buttons change a draft; only "Save changes" stores it."""
    form = get_object_or_404(Form, pk=form_id)
    if request.method != "POST":
        return _show(request, form, draft_of(form))
    draft, what = draft_in(request.POST), request.POST.get("do", SAVE)
    if what != SAVE:
        draft.step(what)
        return _show(request, form, draft, is_changed=True)
    try:
        save_form(form, draft.changes(), by=signed_in(request), now=timezone.now())
    except FormRefused as refusal:
        return _show(request, form, draft, errors=refusal.errors, is_changed=True)
    add_toast(request, f"{form.name} is saved.")
    return redirect("form-edit", form.pk)


def _show(
    request: HttpRequest,
    form: Form,
    draft: Draft,
    *,
    errors: Mapping[str, str] | None = None,
    is_changed: bool = False,
) -> HttpResponse:
    errors = errors or {}
    meant = draft.as_form(form)
    context: dict[str, Any] = {
        "form": form,
        "meant": meant,
        "shown": _preview(meant, has_mistake=bool(request.POST.get("mistake") or request.GET.get("mistake"))),
        "settings": settings_form(draft, errors),
        "rows": [
            (row, TYPES.get(str(raw["type"]), ""), raw, draft.opened == number or bool(row.errors))
            for number, (row, raw) in enumerate(zip(field_forms(draft, errors), draft.rows, strict=True))
        ],
        "consents": _consents(draft, errors),
        "addable": _addable(draft),
        "errors": errors,
        "is_changed": is_changed,
        "funnel": funnel_of(form, now=timezone.now()),
        "days": DAYS,
        "snippets": snippets_of(form),
        "address": f"{settings.PUBLIC_URL}/f/{form.key}/",
        "records": label_of(meant.event_kind),
    }
    return render(request, "leads/form.html", context, status=400 if errors else 200)


def _preview(meant: Form, *, has_mistake: bool) -> ShownForm:
    mistake = {"typed": EXAMPLES, "errors": MISTAKE} if has_mistake else {}
    return show_form(meant, action="", token="", prefix="preview_", **mistake)  # type: ignore[arg-type]


def _consents(draft: Draft, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    modes = [(NOT_ASKED, "Not asked"), *MODES.items()]
    return [
        {
            "channel": channel,
            "label": ConsentChannel(channel).label,
            "modes": [(value, label, value == mode) for value, label in modes],
            "is_asked": mode != NOT_ASKED,
            "wording": wording,
            "error": errors.get(f"{channel}_wording", ""),
        }
        for channel, (mode, wording) in draft.consents.items()
    ]


def _addable(draft: Draft) -> list[tuple[str, str, str]]:
    """Return what can be added: unused lead fields first, then custom fields by type."""
    asked = {row["name"] for row in draft.rows}
    own = [(name, label, TYPES[kind]) for name, (label, kind) in LEAD_FIELDS.items() if name not in asked]
    return own + [(kind, f"Custom: {label.lower()}", "") for kind, label in TYPES.items() if kind not in LEAD_FIELDS]
