"""Kiosks for the tablets of a stand, and posters whose QR code leads to a form."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.kiosk.keep import end_kiosk, kiosk_address, open_kiosk
from leads.events.tally import totals
from leads.models import Counted, Form, Kiosk
from leads.people.keyset import Order, Page
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.paging import asked_page
from leads.web.qr import qr_answer
from leads.web.refusals import refusals_shown_in
from leads.web.toasts import add_toast

PAGE_SIZE = 50
NEWEST_FIRST = Order(("created_at",), is_descending=True)
LONGEST_PLACE = 100


class KioskForm(forms.Form):
    """A new kiosk. ends_on: its last day, in the user's time zone."""

    event = forms.CharField(max_length=120, label="Event")
    form = forms.ModelChoiceField(Form.objects.none(), label="Form", empty_label="Choose a form")
    ends_on = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["form"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101  (for the type checker; it is declared above)
        choice.queryset = Form.objects.live().order_by("name")


@dataclass(frozen=True, slots=True)
class KioskLine:
    """A kiosk in the list. cards: the number received."""

    kiosk: Kiosk
    cards: int
    is_open: bool


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk_list(request: HttpRequest) -> HttpResponse:
    """Show the kiosks, newest first, and open another one."""
    form = KioskForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        ends_at = timezone.make_aware(datetime.combine(said["ends_on"] + timedelta(days=1), time(0)))
        with refusals_shown_in(form):
            kiosk = open_kiosk(
                said["form"], event=said["event"], ends_at=ends_at, by=signed_in(request), now=timezone.now()
            )
            add_toast(request, f"The kiosk for {kiosk.event} is open.")
            return redirect("kiosk-sheet", kiosk.pk)
    return _show(request, form)


@roles_required(*CAPTURING)
@require_safe
def kiosk_sheet(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """Show how to set up a kiosk's tablets, for reading or printing."""
    kiosk = get_object_or_404(Kiosk.objects.select_related("form"), pk=kiosk_id)
    cards = totals([Counted.KIOSK_CARD], [kiosk.pk])[kiosk.pk]["kiosk_card"]
    context = {
        "kiosk": kiosk,
        "address": kiosk_address(kiosk, kiosk.form.key),
        "is_open": kiosk.is_open(timezone.now()),
        "cards": cards,
    }
    return render(request, "leads/kiosk.html", context)


@roles_required(*CAPTURING)
@require_POST
def end(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """Accept no more cards from a kiosk's tablets."""
    kiosk = get_object_or_404(Kiosk, pk=kiosk_id)
    end_kiosk(kiosk, by=signed_in(request), now=timezone.now())
    add_toast(request, f"The kiosk for {kiosk.event} is over.")
    return redirect("kiosk-list")


@roles_required(*CAPTURING)
@require_safe
def kiosk_code(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """Return the QR code that adds a tablet to the kiosk."""
    kiosk = get_object_or_404(Kiosk.objects.select_related("form"), pk=kiosk_id)
    return qr_answer(kiosk_address(kiosk, kiosk.form.key), name=f"kiosk-{kiosk.pk}")


@roles_required(*CAPTURING)
@require_safe
def poster(request: HttpRequest, key: str) -> HttpResponse:
    """Show a page to print: a QR code that leads to a form, for a door or a counter. `place`: where it hangs."""
    form = get_object_or_404(Form, key=key)
    place = request.GET.get("place", "").replace("\0", "").strip()[:LONGEST_PLACE]
    code = f"{reverse('check-in-code', args=[key])}?{urlencode({'place': place})}"
    context = {"form": form, "place": place, "address": _poster_address(form, place), "code": code}
    return render(request, "leads/poster.html", context)


@roles_required(*CAPTURING)
@require_safe
def poster_code(request: HttpRequest, key: str) -> HttpResponse:
    """Return a poster's QR code."""
    form = get_object_or_404(Form, key=key)
    place = request.GET.get("place", "").replace("\0", "").strip()[:LONGEST_PLACE]
    return qr_answer(_poster_address(form, place), name=f"check-in-{form.key}")


def _poster_address(form: Form, place: str) -> str:
    """Return a form's address with parameters that name the poster."""
    told = {"utm_source": "poster", "utm_medium": "qr-code", **({"utm_content": place} if place else {})}
    return f"{settings.PUBLIC_URL}/f/{form.key}/?{urlencode(told)}"


def _show(request: HttpRequest, form: KioskForm) -> HttpResponse:
    now, page = timezone.now(), _page(request)
    live, key = Form.objects.live().order_by("name"), request.GET.get("form", "")
    if any(choice.key == key for choice in live):
        place = urlencode({"place": request.GET.get("place", "")})
        return redirect(f"{reverse('check-in-poster', args=[key])}?{place}")
    context = {"form": form, "page": page, "lines": _lines(page.rows, now), "forms": live}
    return render(request, "leads/kiosks.html", context, status=400 if form.is_bound else 200)


def _page(request: HttpRequest) -> Page[Kiosk]:
    kiosks = Kiosk.objects.select_related("form")
    return asked_page(request, kiosks, NEWEST_FIRST, size=PAGE_SIZE)


def _lines(kiosks: list[Kiosk], now: datetime) -> list[KioskLine]:
    counts = totals([Counted.KIOSK_CARD], [kiosk.pk for kiosk in kiosks])
    return [KioskLine(kiosk, counts[kiosk.pk]["kiosk_card"], kiosk.is_open(now)) for kiosk in kiosks]
