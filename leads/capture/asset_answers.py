"""Responses of a download's pages: the form, the way to the file, and errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from leads.channels.assets.token import lifetime
from leads.channels.forms.known import Known
from leads.channels.forms.request import KNOWN, PAGE_ADDRESS, REFERRER, VISITOR, WAY
from leads.channels.forms.show import NOTHING, show_form
from leads.channels.forms.visit import PAGE
from leads.channels.links.target import VISITOR as PASSED_VISITOR
from leads.models import Asset, Form

EXPIRED = "This link is too old, or was cut short. Fill in the form once more and the file is yours."


@dataclass(frozen=True, slots=True)
class AssetPage:
    """The data of a download's page. said: the query, or what was typed."""

    asset: Asset
    form: Form
    said: Mapping[str, Any]
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The coloured half of the page, as templates/public/form/_side.html expects it."""

    brand: str
    side_heading: str
    side_text: str
    side_points: list[str]


def asset_form(
    request: HttpRequest,
    page: AssetPage,
    *,
    token: str,
    errors: Mapping[str, str] = NOTHING,
    status: int = 200,
) -> HttpResponse:
    """Show a download with its form."""
    address = reverse("asset-public", args=[page.asset.slug])
    hidden = {
        PAGE_ADDRESS: str(page.said.get(PAGE_ADDRESS) or request.build_absolute_uri()),
        REFERRER: str(page.said.get(REFERRER) or request.headers.get("Referer", "")),
        VISITOR: str(page.said.get(VISITOR) or page.said.get(PASSED_VISITOR, "")),
        KNOWN: str(page.said.get(KNOWN) or page.said.get("known", "")),
        WAY: PAGE,
    }
    shown = show_form(
        page.form,
        action=address,
        token=token,
        typed=page.said,
        errors=errors,
        hidden=hidden,
        known=page.known,
        counts_at=reverse("form-seen", args=[page.form.key]),
        forget_url=address,
    )
    context = {"asset": page.asset, "form": page.form, "shown": shown, "side": side_of(page.asset, page.form)}
    return _shown(request, "public/asset/page.html", context, status=status)


def ready_page(request: HttpRequest, asset: Asset, file_url: str) -> HttpResponse:
    """Show the link to the file; right after the form, the download starts by itself."""
    context = {
        "asset": asset,
        "form": asset.form,
        "file_url": file_url,
        "starts": "start" in request.GET and not asset.external_url,
        "waits": "confirm" in request.GET,
        "hours": round(lifetime().total_seconds() / 3600),
    }
    response = _shown(request, "public/asset/ready.html", context)
    if context["starts"]:
        # The file is saved, not shown, so the page stays.
        response["Refresh"] = f"1;url={file_url}"
    return response


def expired(request: HttpRequest, page: AssetPage, *, token: str) -> HttpResponse:
    """Offer the form again if a link has expired or is invalid."""
    return asset_form(request, page, token=token, errors={"": EXPIRED}, status=410)


def closed(request: HttpRequest, asset: Asset | None) -> HttpResponse:
    """Answer that there is no such download, or that it is not available now."""
    words = "This download is closed." if asset else "There is no such download."
    context = {"form": asset and asset.form, "words": words}
    return _shown(request, "public/form/closed.html", context, status=410 if asset else 404)


def gone(request: HttpRequest, asset: Asset) -> HttpResponse:
    """Answer that the file is missing, which is our fault."""
    context = {"form": asset.form, "words": "The file can't be found just now. It has been noted."}
    return _shown(request, "public/form/closed.html", context, status=404)


def side_of(asset: Asset, form: Form) -> Side:
    """Return the coloured half of a download's page."""
    return Side(form.brand, asset.heading or asset.title, asset.description, asset.points)


def _shown(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, template, dict(context), status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex" if status != 200 or "file_url" in context else "all"
    # The address contains the holder's token and must not leak through the referrer.
    response["Referrer-Policy"] = "no-referrer" if "file_url" in context else "same-origin"
    return response
