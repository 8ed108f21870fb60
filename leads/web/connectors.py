"""Connectors: the list and the catalogue; setting up, changing, switching off, removing."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leads.channels.connectors.connect import (
    change_connector,
    make_connector,
    remove_connector,
    renew_address,
    switch_connector,
)
from leads.channels.connectors.health import Health, health_of
from leads.channels.connectors.provider import Provider
from leads.channels.connectors.registry import PROVIDERS, provider_of
from leads.errors import InvalidValue
from leads.models import Connector, Delivery, Role
from leads.people.keyset import capped_count
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.connector_forms import OPTION, SECRET, ConnectorForm
from leads.web.toasts import add_toast

# Roles that may enter secrets and decide which senders are trusted.
KEEPING_SECRETS = (Role.MANAGER, Role.ADMIN)
MOST_CONNECTORS = 200


@dataclass(frozen=True, slots=True)
class ConnectorLine:
    """A connector in the list."""

    connector: Connector
    provider: Provider | None
    health: Health


@roles_required(*CAPTURING)
@require_safe
def connector_list(request: HttpRequest) -> HttpResponse:
    """Show the connectors with their health, and the catalogue."""
    connectors = list(Connector.objects.order_by("name", "pk")[:MOST_CONNECTORS])
    health = health_of(connectors, now=timezone.now())
    lines = [ConnectorLine(one, provider_of(one.provider), health[one.pk]) for one in connectors]
    context = {"lines": lines, "providers": PROVIDERS.values(), "may_edit": may_edit(request)}
    return render(request, "leads/connectors.html", context)


@roles_required(*KEEPING_SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_connector(request: HttpRequest, provider_key: str) -> HttpResponse:
    """Connect a vendor; after an error the form keeps what was typed, except for secrets."""
    provider = provider_or_404(provider_key)
    form = ConnectorForm(provider, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            connector = make_connector(
                provider,
                name=form.cleaned_data["name"],
                secrets=form.given(SECRET),
                options=form.given(OPTION),
                by=signed_in(request),
                now=timezone.now(),
            )
        except InvalidValue as refusal:
            form.add_error(None, str(refusal))
        else:
            add_toast(request, f"{connector.name} is connected. Paste its address at the vendor next.")
            return redirect("connector-page", connector.pk)
    context = {"form": form, "provider": provider}
    return render(request, "leads/connector_form.html", context, status=400 if form.is_bound else 200)


@roles_required(*KEEPING_SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_connector(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Change a connector's name and options, and the secrets that are entered."""
    connector = get_object_or_404(Connector, pk=connector_id)
    provider = provider_or_404(connector.provider)
    form = ConnectorForm(provider, connector, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_connector(
                connector,
                name=form.cleaned_data["name"],
                secrets=form.given(SECRET),
                options=form.given(OPTION),
                dropped=form.dropped,
                by=signed_in(request),
                now=timezone.now(),
            )
        except InvalidValue as refusal:
            form.add_error(None, str(refusal))
        else:
            add_toast(request, f"{connector.name} is saved.")
            return redirect("connector-page", connector.pk)
    context = {"form": form, "provider": provider, "connector": connector}
    return render(request, "leads/connector_form.html", context, status=400 if form.is_bound else 200)


@roles_required(*KEEPING_SECRETS)
@require_POST
def switch_one(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Switch a connector on, or off."""
    connector = get_object_or_404(Connector, pk=connector_id)
    is_active = not connector.is_active
    switch_connector(connector, is_active=is_active, by=signed_in(request), now=timezone.now())
    said = "takes deliveries again." if is_active else "is switched off: deliveries are refused."
    add_toast(request, f"{connector.name} {said}", undo_url=reverse("connector-switch", args=[connector.pk]))
    return redirect("connector-page", connector.pk)


@roles_required(*KEEPING_SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def renew_one(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Ask for confirmation, then give a connector a new address."""
    connector = get_object_or_404(Connector, pk=connector_id)
    if request.method != "POST":
        return render(request, "leads/connector_renew.html", {"connector": connector})
    renew_address(connector, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{connector.name} has another address: enter it at the vendor.")
    return redirect("connector-page", connector.pk)


@roles_required(*KEEPING_SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_one(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Ask for confirmation, then remove a connector with its secrets and log."""
    connector = get_object_or_404(Connector.objects.select_related("source"), pk=connector_id)
    if request.method != "POST":
        deliveries = capped_count(Delivery.objects.filter(connector=connector))
        return render(request, "leads/connector_remove.html", {"connector": connector, "deliveries": deliveries})
    remove_connector(connector, by=signed_in(request), now=timezone.now())
    add_toast(request, f"{connector.name} is removed. The events that it brought stay.")
    return redirect("connector-list")


def may_edit(request: HttpRequest) -> bool:
    """Return whether the user may enter secrets."""
    return signed_in(request).role in KEEPING_SECRETS


def provider_or_404(key: str) -> Provider:
    """Return a provider by its name in addresses."""
    provider = provider_of(key)
    if provider is None:
        raise Http404(f"There is no provider {key}.")
    return provider
