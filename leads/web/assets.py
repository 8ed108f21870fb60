"""Downloads: the list, and one of them with its counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.assets.file import ACCEPTED
from leads.channels.assets.keep import archive_asset, change_asset, make_asset, restore_asset
from leads.channels.assets.token import asset_address
from leads.events.tally import by_day, totals
from leads.models import Asset, AssetKind, Counted, Form
from leads.people.edit import InvalidField
from leads.people.keyset import Order, Page
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.day_bars import day_bars
from leads.web.paging import asked_page
from leads.web.toasts import add_toast

PAGE_SIZE = 50
DAYS = 30
MOST_POINTS = 5
NEWEST_FIRST = Order(("created_at",), is_descending=True)
COUNTED = (Counted.ASSET_VIEW, Counted.ASSET_FORM, Counted.ASSET_DOWNLOAD)
NONE = dict.fromkeys(map(str, COUNTED), 0)


class AssetForm(forms.Form):
    """What a marketer says of a download. points: a line each, shown with a tick."""

    title = forms.CharField(max_length=120, label="Title")
    kind = forms.ChoiceField(choices=AssetKind.choices, initial=AssetKind.EBOOK, label="What it is")
    file = forms.FileField(required=False, label="File", widget=forms.FileInput(attrs={"accept": ACCEPTED}))
    external_url = forms.CharField(max_length=2000, required=False, label="Or its address elsewhere")
    form = forms.ModelChoiceField(Form.objects.none(), label="Form to fill in", empty_label="Choose a form")
    slug = forms.CharField(max_length=60, required=False, label="End of the address")
    description = forms.CharField(
        max_length=600, required=False, label="Description", widget=forms.Textarea(attrs={"rows": 3})
    )
    heading = forms.CharField(max_length=120, required=False, label="Cover text")
    points = forms.CharField(
        max_length=600, required=False, label="Cover points", widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["form"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101  (for the type checker; it is declared above)
        choice.queryset = Form.objects.live().order_by("name")

    def clean_points(self) -> list[str]:
        """Return the points, a line each."""
        lines = [line.strip() for line in self.cleaned_data["points"].splitlines() if line.strip()]
        if len(lines) > MOST_POINTS:
            raise forms.ValidationError(f"Expected at most {MOST_POINTS} lines, got {len(lines)}.")
        return lines


@dataclass(frozen=True, slots=True)
class AssetLine:
    """A download of the list with what happened to it in the last 30 days."""

    asset: Asset
    address: str
    counts: dict[str, int]


@roles_required(*CAPTURING)
@require_safe
def asset_list(request: HttpRequest) -> HttpResponse:
    """Show the downloads that are in use, or those put away, newest first."""
    is_archive = request.GET.get("show") == "archived"
    page = _page(request, is_archive=is_archive)
    context = {"page": page, "lines": _lines(page.rows, timezone.now()), "is_archive": is_archive, "days": DAYS}
    return render(request, "leads/assets.html", {**context, "has_forms": Form.objects.live().exists()})


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def add_asset(request: HttpRequest) -> HttpResponse:
    """Make a download; what was typed stays after a mistake."""
    form = AssetForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, None)
    try:
        asset = make_asset(form.cleaned_data, by=signed_in(request), now=timezone.now())
    except InvalidField as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show(request, form, None)
    add_toast(request, f"{asset.title} is ready: {asset_address(asset)}")
    return redirect("asset-page", asset.pk)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_page(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Show a download and its counts, and change it."""
    asset = get_object_or_404(Asset.objects.select_related("form", "made_by"), pk=asset_id)
    known = {name: getattr(asset, name) for name in AssetForm.base_fields if name not in ("file", "points")}
    form = AssetForm(request.POST or None, request.FILES or None, initial={**known, "points": "\n".join(asset.points)})
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, asset)
    try:
        change_asset(asset, form.cleaned_data, by=signed_in(request), now=timezone.now())
    except InvalidField as refusal:
        form.add_error(refusal.field, str(refusal))
        return _show(request, form, asset)
    add_toast(request, f"{asset.title} is saved.")
    return redirect("asset-page", asset.pk)


@roles_required(*CAPTURING)
@require_POST
def archive(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Take a download off the list."""
    asset = get_object_or_404(Asset, pk=asset_id)
    archive_asset(asset, by=signed_in(request), now=timezone.now())
    undo_url = reverse("asset-restore", args=[asset.pk])
    add_toast(request, f"{asset.title} is archived. Its page keeps working.", undo_url=undo_url)
    return redirect("asset-list")


@roles_required(*CAPTURING)
@require_POST
def restore(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Put a download back on the list."""
    asset = get_object_or_404(Asset, pk=asset_id)
    restore_asset(asset, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{asset.title} is back on the list.")
    return redirect("asset-list")


def _page(request: HttpRequest, *, is_archive: bool) -> Page[Asset]:
    assets = Asset.objects.exclude(archived_at=None) if is_archive else Asset.objects.in_use()
    assets = assets.select_related("form")
    return asked_page(request, assets, NEWEST_FIRST, size=PAGE_SIZE)


def _lines(assets: list[Asset], now: datetime) -> list[AssetLine]:
    since = (now - timedelta(days=DAYS - 1)).date()
    counts = totals(COUNTED, [asset.pk for asset in assets], since=since)
    return [AssetLine(asset, asset_address(asset), {**NONE, **counts.get(asset.pk, {})}) for asset in assets]


def _show(request: HttpRequest, form: AssetForm, asset: Asset | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "asset": asset}
    if asset is not None:
        days = by_day(Counted.ASSET_DOWNLOAD, asset.pk, days=DAYS, today=timezone.now().date())
        context |= {
            "address": asset_address(asset),
            "chart": day_bars(days),
            "ever": totals(COUNTED, [asset.pk])[asset.pk],
            "days": DAYS,
        }
    return render(request, "leads/asset.html", context, status=400 if form.is_bound else 200)
