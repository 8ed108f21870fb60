"""Tracked links: the list, a link with its clicks, and its QR code."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.links.keep import archive_link, change_link, make_link, restore_link
from leads.channels.links.token import address_of
from leads.models import Counted, Link, LinkKind
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.archivable import asked_tab, counts_lately, counts_of
from leads.web.qr import qr_answer
from leads.web.refusals import refusals_shown_in
from leads.web.toasts import add_toast

CLICKS = (Counted.LINK_CLICK, Counted.LINK_MACHINE)


class LinkForm(forms.Form):
    """A link's settings."""

    name = forms.CharField(max_length=100, label="Name")
    target = forms.CharField(max_length=2000, label="Leads to", widget=forms.URLInput)
    kind = forms.ChoiceField(choices=LinkKind.choices, initial=LinkKind.AD, label="Where it stands")
    slug = forms.CharField(max_length=60, required=False, label="End of the address")
    utm_source = forms.CharField(max_length=100, required=False, label="Source")
    utm_medium = forms.CharField(max_length=100, required=False, label="Medium")
    utm_campaign = forms.CharField(max_length=100, required=False, label="Campaign")
    utm_content = forms.CharField(max_length=100, required=False, label="Content")
    utm_term = forms.CharField(max_length=100, required=False, label="Term")
    passes_visitor = forms.BooleanField(
        required=False, initial=True, label="It leads to a site of ours, which shall know the visitor again"
    )


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link in the list, with its clicks of the last 30 days."""

    link: Link
    address: str
    clicks: int
    machines: int


@roles_required(*CAPTURING)
@require_safe
def link_list(request: HttpRequest) -> HttpResponse:
    """Show the links in use, or the archived ones, newest first."""
    context = asked_tab(request, Link.objects.all())
    return render(request, "leads/links.html", {**context, "lines": _lines(context["page"].rows)})


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def add_link(request: HttpRequest) -> HttpResponse:
    """Create a link; after an error the form keeps what was typed."""
    form = LinkForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_in(form):
            link = make_link(form.cleaned_data, by=signed_in(request), now=timezone.now())
            add_toast(request, f"{link.name} is ready: {address_of(link)}")
            return redirect("link-page", link.pk)
    return _show(request, form, None)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, link_id: int) -> HttpResponse:
    """Show a link with its clicks and QR code, and change it."""
    link = get_object_or_404(Link.objects.select_related("made_by"), pk=link_id)
    form = LinkForm(request.POST or None, initial={name: getattr(link, name) for name in LinkForm.base_fields})
    if form.is_valid():
        with refusals_shown_in(form):
            change_link(link, form.cleaned_data, by=signed_in(request), now=timezone.now())
            add_toast(request, f"{link.name} is saved.")
            return redirect("link-page", link.pk)
    return _show(request, form, link)


@roles_required(*CAPTURING)
@require_POST
def archive(request: HttpRequest, link_id: int) -> HttpResponse:
    """Take a link off the list."""
    link = get_object_or_404(Link, pk=link_id)
    archive_link(link, by=signed_in(request), now=timezone.now())
    undo_url = reverse("link-restore", args=[link.pk])
    add_toast(request, f"{link.name} is archived. It keeps working.", undo_url=undo_url)
    return redirect("link-list")


@roles_required(*CAPTURING)
@require_POST
def restore(request: HttpRequest, link_id: int) -> HttpResponse:
    """Put a link back on the list."""
    link = get_object_or_404(Link, pk=link_id)
    restore_link(link, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{link.name} is back on the list.")
    return redirect("link-list")


@roles_required(*CAPTURING)
@require_safe
def link_code(request: HttpRequest, link_id: int) -> HttpResponse:
    """Return a link's QR code."""
    link = get_object_or_404(Link, pk=link_id)
    return qr_answer(address_of(link), name=link.slug)


def _lines(links: list[Link]) -> list[LinkLine]:
    counts = counts_lately(CLICKS, links)
    return [
        LinkLine(link, address_of(link), counts[link.pk]["link_click"], counts[link.pk]["link_machine"])
        for link in links
    ]


def _show(request: HttpRequest, form: LinkForm, link: Link | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "link": link}
    if link is not None:
        context |= {"address": address_of(link), **counts_of(CLICKS, link, charted=Counted.LINK_CLICK)}
    return render(request, "leads/link.html", context, status=400 if form.is_bound else 200)
