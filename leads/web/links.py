"""Tracked links: the list, one link with its clicks, and its QR code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.links.keep import archive_link, change_link, make_link, restore_link
from leads.channels.links.token import address_of
from leads.events.tally import by_day, totals
from leads.models import Counted, Link, LinkKind
from leads.people.edit import InvalidField
from leads.people.keyset import Order, Page
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.day_bars import day_bars
from leads.web.paging import asked_page
from leads.web.qr import qr_answer
from leads.web.toasts import add_toast

PAGE_SIZE = 50
DAYS = 30
NEWEST_FIRST = Order(("created_at",), is_descending=True)
CLICKS = (Counted.LINK_CLICK, Counted.LINK_MACHINE)


class LinkForm(forms.Form):
    """What a marketer says of a link."""

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
    """A link of the list with its clicks of the last 30 days."""

    link: Link
    address: str
    clicks: int
    machines: int


@roles_required(*CAPTURING)
@require_safe
def link_list(request: HttpRequest) -> HttpResponse:
    """Show the links that are in use, or those put away, newest first."""
    is_archive = request.GET.get("show") == "archived"
    page = _page(request, is_archive=is_archive)
    context = {"page": page, "lines": _lines(page.rows, timezone.now()), "is_archive": is_archive, "days": DAYS}
    return render(request, "leads/links.html", context)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def add_link(request: HttpRequest) -> HttpResponse:
    """Make a link; what was typed stays after a mistake."""
    form = LinkForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show_form(request, form, None)
    try:
        link = make_link(form.cleaned_data, by=signed_in(request), now=timezone.now())
    except InvalidField as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show_form(request, form, None)
    add_toast(request, f"{link.name} is ready: {address_of(link)}")
    return redirect("link-page", link.pk)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, link_id: int) -> HttpResponse:
    """Show a link, its clicks and its code, and change it."""
    link = get_object_or_404(Link.objects.select_related("made_by"), pk=link_id)
    known = {name: getattr(link, name) for name in LinkForm.base_fields}
    form = LinkForm(request.POST or None, initial=known)
    if request.method != "POST" or not form.is_valid():
        return _show_form(request, form, link)
    try:
        change_link(link, form.cleaned_data, by=signed_in(request), now=timezone.now())
    except InvalidField as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show_form(request, form, link)
    add_toast(request, f"{link.name} is saved.")
    return redirect("link-page", link.pk)


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
    """Draw the QR code of a link."""
    link = get_object_or_404(Link, pk=link_id)
    return qr_answer(address_of(link), name=link.slug)


def _page(request: HttpRequest, *, is_archive: bool) -> Page[Link]:
    links = Link.objects.exclude(archived_at=None) if is_archive else Link.objects.in_use()
    return asked_page(request, links, NEWEST_FIRST, size=PAGE_SIZE)


def _lines(links: list[Link], now: datetime) -> list[LinkLine]:
    since = (now - timedelta(days=DAYS - 1)).date()
    counts = totals(CLICKS, [link.pk for link in links], since=since)
    none = dict.fromkeys(map(str, CLICKS), 0)
    return [
        LinkLine(
            link, address_of(link), counts.get(link.pk, none)["link_click"], counts.get(link.pk, none)["link_machine"]
        )
        for link in links
    ]


def _show_form(request: HttpRequest, form: LinkForm, link: Link | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "link": link}
    if link is not None:
        context |= {
            "address": address_of(link),
            "chart": day_bars(by_day(Counted.LINK_CLICK, link.pk, days=DAYS, today=timezone.now().date())),
            "ever": totals(CLICKS, [link.pk])[link.pk],
            "days": DAYS,
        }
    return render(request, "leads/link.html", context, status=400 if form.is_bound else 200)
