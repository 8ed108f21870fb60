"""Downloads: the list, and a download with its counts."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from leads.models import Asset, AssetKind, Counted, Form
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.archivable import asked_tab, counts_lately, counts_of
from leads.web.refusals import refusals_shown_in
from leads.web.toasts import add_toast

MOST_POINTS = 5
COUNTED = (Counted.ASSET_VIEW, Counted.ASSET_FORM, Counted.ASSET_DOWNLOAD)


class AssetForm(forms.Form):
    """A download's settings. points: one per line, shown with a tick."""

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
    """A download in the list, with its counts of the last 30 days."""

    asset: Asset
    address: str
    counts: Mapping[str, int]


@roles_required(*CAPTURING)
@require_safe
def asset_list(request: HttpRequest) -> HttpResponse:
    """Show the downloads in use, or the archived ones, newest first."""
    context = asked_tab(request, Asset.objects.select_related("form"))
    return render(request, "leads/assets.html", {**context, "lines": _lines(context["page"].rows)})


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def add_asset(request: HttpRequest) -> HttpResponse:
    """Create a download; after an error the form keeps what was typed."""
    form = AssetForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_shown_in(form):
            asset = make_asset(form.cleaned_data, by=signed_in(request), now=timezone.now())
            add_toast(request, f"{asset.title} is ready: {asset_address(asset)}")
            return redirect("asset-page", asset.pk)
    return _show(request, form, None)


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def asset_page(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Show a download and its counts, and change it."""
    asset = get_object_or_404(Asset.objects.select_related("form", "made_by"), pk=asset_id)
    known = {name: getattr(asset, name) for name in AssetForm.base_fields if name not in ("file", "points")}
    form = AssetForm(request.POST or None, request.FILES or None, initial={**known, "points": "\n".join(asset.points)})
    if form.is_valid():
        with refusals_shown_in(form):
            change_asset(asset, form.cleaned_data, by=signed_in(request), now=timezone.now())
            add_toast(request, f"{asset.title} is saved.")
            return redirect("asset-page", asset.pk)
    return _show(request, form, asset)


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


def _lines(assets: list[Asset]) -> list[AssetLine]:
    counts = counts_lately(COUNTED, assets)
    return [AssetLine(asset, asset_address(asset), counts[asset.pk]) for asset in assets]


def _show(request: HttpRequest, form: AssetForm, asset: Asset | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "asset": asset}
    if asset is not None:
        context |= {"address": asset_address(asset), **counts_of(COUNTED, asset, charted=Counted.ASSET_DOWNLOAD)}
    return render(request, "leads/asset.html", context, status=400 if form.is_bound else 200)
