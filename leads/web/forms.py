"""Forms: the list with figures, new forms, and blocked submissions."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.forms.count import BLOCKED, DAYS, ELSEWHERE, SENT, VIEW, counts_of
from leads.channels.forms.keep import copy_form, make_form, open_form
from leads.channels.forms.ready import READY
from leads.channels.forms.receive import AlreadyTaken, take_in_blocked
from leads.events.catalog import label_of
from leads.models import Form, FormSubmission, SubmissionState
from leads.people.keyset import Order
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.paging import asked_page
from leads.web.toasts import add_refusal, add_toast

PAGE_SIZE = 50
NEWEST_FIRST = Order(("created_at",), is_descending=True)
LATEST_FIRST = Order(("received_at",), is_descending=True)
WORDS = {
    "contact": ("Contact", "E-mail, name, phone and a message", "mail"),
    "newsletter": ("Newsletter", "An address and its consent, confirmed by mail", "newspaper"),
    "ebook": ("Guide or eBook", "Sends a mail with the link", "book-open"),
    "demo": ("Demo", "Asks for sales: may become an SQL at once", "video"),
    "quote": ("Quote", "Asks for sales, with a message", "file-text"),
    "blank": ("Empty form", "Only an e-mail address", "plus"),
}


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form in the list, with figures of the last 30 days. completion: percent of views, None without views."""

    form: Form
    records: str
    views: int
    sent: int
    blocked: int
    completion: int | None


@roles_required(*CAPTURING)
@require_safe
def form_list(request: HttpRequest) -> HttpResponse:
    """Show the forms, newest first."""
    page = asked_page(request, Form.objects.all(), NEWEST_FIRST, size=PAGE_SIZE)
    context = {
        "page": page,
        "lines": _lines(page.rows, timezone.now()),
        "days": DAYS,
        "ready": [(key, *words) for key, words in WORDS.items()],
    }
    return render(request, "leads/forms.html", context)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def add_form(request: HttpRequest) -> HttpResponse:
    """Offer ready-made forms; create the chosen one."""
    ready = request.POST.get("ready", "")
    if request.method != "POST" or ready not in READY:
        return render(request, "leads/forms/add.html", {"ready": [(key, *words) for key, words in WORDS.items()]})
    form = make_form(ready, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{form.name} is live. Change what you like, then put it on your site.")
    return redirect("form-edit", form.pk)


@roles_required(*CAPTURING)
@require_POST
def copy(request: HttpRequest, form_id: int) -> HttpResponse:
    """Create a copy of a form."""
    form = copy_form(get_object_or_404(Form, pk=form_id), by=signed_in(request), now=timezone.now())
    add_toast(request, f"{form.name} is the copy.")
    return redirect("form-edit", form.pk)


@roles_required(*CAPTURING)
@require_POST
def switch(request: HttpRequest, form_id: int) -> HttpResponse:
    """Close a form that is live, or open it again."""
    form = get_object_or_404(Form, pk=form_id)
    open_form(form, is_live=not form.is_live, by=signed_in(request), now=timezone.now())
    words = f"{form.name} is live." if form.is_live else f"{form.name} is closed: it takes no answers."
    add_toast(request, words, undo_url=reverse("form-switch", args=[form.pk]))
    return redirect("form-edit", form.pk)


@roles_required(*CAPTURING)
@require_safe
def blocked_list(request: HttpRequest, form_id: int) -> HttpResponse:
    """Show a form's submissions blocked as spam, the latest first."""
    form = get_object_or_404(Form, pk=form_id)
    rows = FormSubmission.objects.filter(form=form).exclude(reason="").select_related("taken_by")
    context = {"form": form, "page": asked_page(request, rows, LATEST_FIRST, size=PAGE_SIZE)}
    return render(request, "leads/forms/blocked.html", context)


@roles_required(*CAPTURING)
@require_POST
def take_in(request: HttpRequest, form_id: int, submission_id: int) -> HttpResponse:
    """Take in a submission that was blocked by mistake."""
    submission = get_object_or_404(FormSubmission.objects.select_related("form"), pk=submission_id, form=form_id)
    if submission.state == SubmissionState.WAITING:
        add_refusal(request, "This one waits for the person to confirm.")
        return redirect("form-blocked", form_id)
    try:
        submitted = take_in_blocked(submission, by=signed_in(request), now=timezone.now())
    except AlreadyTaken as refusal:
        add_refusal(request, str(refusal))
        return redirect("form-blocked", form_id)
    add_toast(request, "It is taken in, as if it had just been let through.")
    return redirect("lead-page", submitted.lead_id) if submitted.lead_id else redirect("form-blocked", form_id)


def _lines(forms: list[Form], now: datetime) -> list[FormLine]:
    counts = counts_of([form.pk for form in forms], now=now)
    return [_line(form, counts.get(form.pk, {})) for form in forms]


def _line(form: Form, counts: dict[str, int]) -> FormLine:
    views, sent = counts.get(VIEW, 0), counts.get(SENT, 0)
    completion = min(round(100 * sent / views), 100) if views else None
    all_sent = sent + counts.get(ELSEWHERE, 0)
    return FormLine(form, label_of(form.event_kind), views, all_sent, counts.get(BLOCKED, 0), completion)
