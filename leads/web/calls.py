"""Log a call with a lead, in a dialog on its page or on a separate page, and delete it again."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from leads.channels.calls import (
    LONGEST_NOTE,
    MOST_MINUTES,
    Call,
    Direction,
    Outcome,
    log_call,
    new_token,
    take_back_call,
)
from leads.errors import LeadError
from leads.models import Event, Lead
from leads.web.access import EVERYONE, roles_required, signed_in
from leads.web.toasts import add_refusal, add_toast

OLDEST = timedelta(days=365)


class CallForm(forms.Form):
    """A call to log. token: makes a form that is sent twice count once; when: now unless it was earlier."""

    direction = forms.ChoiceField(
        choices=Direction.choices, initial=Direction.IN, widget=forms.RadioSelect, label="Who called"
    )
    outcome = forms.ChoiceField(
        choices=Outcome.choices, initial=Outcome.TALKED, widget=forms.RadioSelect, label="How it ended"
    )
    minutes = forms.IntegerField(min_value=0, max_value=MOST_MINUTES, required=False, label="Minutes")
    when = forms.DateTimeField(
        required=False,
        label="When, if not just now",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": "Expected a date and a time, such as 2026-11-17 11:20."},
    )
    note = forms.CharField(
        max_length=LONGEST_NOTE, required=False, label="Note", widget=forms.Textarea(attrs={"rows": 3})
    )
    token = forms.UUIDField(initial=new_token, required=False, widget=forms.HiddenInput)

    def clean_when(self) -> object:
        """Refuse implausible times."""
        when, now = self.cleaned_data["when"], timezone.now()
        if when and not now - OLDEST <= when <= now:
            raise forms.ValidationError(
                f"Expected a time of the last year, not one to come; got {when:%Y-%m-%d %H:%M}."
            )
        return when

    def call(self) -> Call:
        """Return the call described by the form."""
        said = self.cleaned_data
        return Call(
            Direction(said["direction"]),
            Outcome(said["outcome"]),
            said["minutes"] or 0,
            said["note"],
            said["when"] or timezone.now(),
            said["token"] or new_token(),
        )


@roles_required(*EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Log a call; after an error the form keeps what was typed."""
    lead = get_object_or_404(Lead.objects.select_related("organization"), pk=lead_id)
    if lead.merged_into_id:
        return redirect("call-add", lead.merged_into_id)
    form = CallForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, lead, form)
    try:
        event = log_call(lead, form.call(), by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, lead, form)
    undo_url = reverse("call-take-back", args=[lead.pk, event.pk])
    add_toast(request, f"The call with {lead.display_name} is logged.", undo_url=undo_url)
    return redirect("lead-page", lead.pk)


@roles_required(*EVERYONE)
@require_POST
def take_back(request: HttpRequest, lead_id: int, event_id: int) -> HttpResponse:
    """Delete a call that was logged by mistake."""
    event = Event.objects.select_related("source").filter(pk=event_id, lead_id=lead_id).first()
    if event is None:
        add_refusal(request, "This call was taken back already.")
        return redirect("lead-page", lead_id)
    try:
        take_back_call(event, by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    else:
        add_toast(request, "The call is taken back, and the score forgets it.")
    return redirect("lead-page", lead_id)


def _show(request: HttpRequest, lead: Lead, form: CallForm) -> HttpResponse:
    return render(request, "leads/call.html", {"lead": lead, "form": form}, status=400 if form.is_bound else 200)
