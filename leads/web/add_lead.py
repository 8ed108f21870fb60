"""Add a lead by hand."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leads.events.channels import CHANNELS
from leads.models import LeadKind
from leads.people.add import add_lead
from leads.web.access import EVERYONE, roles_required, signed_in
from leads.web.refusals import refusals_shown_in
from leads.web.toasts import add_toast


class AddLeadForm(forms.Form):
    """A lead added by hand: at least an e-mail address or a phone number."""

    first_name = forms.CharField(max_length=100, required=False)
    last_name = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(max_length=254, required=False, label="E-mail")
    phone = forms.CharField(max_length=32, required=False, label="Phone, with country code")
    title = forms.CharField(max_length=150, required=False, label="Job title")
    company = forms.CharField(max_length=200, required=False)
    country = forms.CharField(max_length=100, required=False)
    source = forms.ChoiceField(
        choices=[("", "Not known"), *((key, channel.label) for key, channel in CHANNELS.items())],
        required=False,
        label="How they found us",
    )
    kind = forms.ChoiceField(choices=LeadKind.choices, initial=LeadKind.PERSON, label="Who it is")


@roles_required(*EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a lead; after an error the form keeps what was typed."""
    form = AddLeadForm(request.POST or None)
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value}
        with refusals_shown_in(form):
            lead = add_lead(given, by=signed_in(request), now=timezone.now())
            add_toast(request, f"{lead.display_name} is added.")
            return redirect("lead-page", lead.pk)
    return render(request, "leads/add.html", {"form": form}, status=400 if form.is_bound else 200)
