"""Add a lead by hand."""

from django import forms

from leads.events.channels import CHANNELS
from leads.models import LeadKind


class AddLeadForm(forms.Form):
    """What is known of a lead that somebody met: at least an e-mail address or a phone number."""

    first_name = forms.CharField(max_length=100, required=False)
    last_name = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(max_length=254, required=False, label="E-mail")
    phone = forms.CharField(max_length=32, required=False, label="Phone, with country code")
    title = forms.CharField(max_length=150, required=False, label="Job title")
    company = forms.CharField(max_length=200, required=False)
    country = forms.CharField(max_length=100, required=False)
    kind = forms.ChoiceField(choices=LeadKind.choices, initial=LeadKind.PERSON, label="Who is it")
    source = forms.ChoiceField(
        choices=[("", "Not known"), *((key, channel.label) for key, channel in CHANNELS.items())],
        required=False,
        label="How they found us",
    )
