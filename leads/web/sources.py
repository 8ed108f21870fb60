"""Sources and their write keys: the list, new ones, and changes."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.errors import InvalidValue
from leads.intake.sources import LONGEST_NAME, add_source, rename_source, renew_write_key, switch_source
from leads.models import Source
from leads.people.keyset import Order, Page
from leads.reports.arrivals import Lately, lately
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.paging import asked_page
from leads.web.toasts import add_refusal, add_toast

PAGE_SIZE = 50
BY_NAME = Order(("name",), is_descending=False)


class SourceForm(forms.Form):
    """A source's name."""

    name = forms.CharField(max_length=LONGEST_NAME, label="Name")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in the list, with its recent arrivals."""

    source: Source
    lately: Lately


@roles_required(*CAPTURING)
@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """Show the sources: clients with a key, or our own channels."""
    is_channels = request.GET.get("show") == "channels"
    page = _page(request, is_channels=is_channels)
    came = lately(now=timezone.now())
    lines = [SourceLine(source, came.get(source.pk, Lately())) for source in page.rows]
    return render(request, "leads/sources.html", {"page": page, "lines": lines, "is_channels": is_channels})


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def new_source(request: HttpRequest) -> HttpResponse:
    """Create a source; after an error the form keeps what was typed."""
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            source = add_source(form.cleaned_data["name"], by=signed_in(request), now=timezone.now())
        except InvalidValue as refusal:
            form.add_error("name", str(refusal))
        else:
            add_toast(request, f"{source.name} has its write key. Paste the code where its events happen.")
            return redirect("source-page", source.pk)
    return render(request, "leads/source_new.html", {"form": form}, status=400 if form.is_bound else 200)


@roles_required(*CAPTURING)
@require_POST
def rename(request: HttpRequest, source_id: int) -> HttpResponse:
    """Rename a source."""
    source = get_object_or_404(Source, pk=source_id)
    try:
        rename_source(source, request.POST.get("name", ""), by=signed_in(request), now=timezone.now())
    except InvalidValue as refusal:
        add_refusal(request, str(refusal))
    else:
        add_toast(request, f"It is called {source.name} now.")
    return redirect("source-page", source_id)


@roles_required(*CAPTURING)
@require_POST
def switch_off(request: HttpRequest, source_id: int) -> HttpResponse:
    """Disable a source's key."""
    source = get_object_or_404(Source, pk=source_id)
    switch_source(source, is_active=False, by=signed_in(request), now=timezone.now())
    undo_url = reverse("source-on", args=[source.pk])
    add_toast(request, f"{source.name} is switched off. What it sends is refused.", undo_url=undo_url)
    return redirect("source-page", source.pk)


@roles_required(*CAPTURING)
@require_POST
def switch_on(request: HttpRequest, source_id: int) -> HttpResponse:
    """Enable a source's key."""
    source = get_object_or_404(Source, pk=source_id)
    switch_source(source, is_active=True, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{source.name} takes events.")
    return redirect("source-page", source.pk)


@roles_required(*CAPTURING)
@require_POST
def renew(request: HttpRequest, source_id: int) -> HttpResponse:
    """Give a source a new write key."""
    source = get_object_or_404(Source, pk=source_id)
    renew_write_key(source, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{source.name} has another write key. The old one no longer works.")
    return redirect("source-page", source.pk)


def _page(request: HttpRequest, *, is_channels: bool) -> Page[Source]:
    sources = Source.objects.filter(is_channel=is_channels)
    return asked_page(request, sources, BY_NAME, size=PAGE_SIZE)
