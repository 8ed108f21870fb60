"""A connector's log: its deliveries, their details, replaying, and a test delivery."""

import json
from io import BytesIO
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leads import tasks
from leads.channels.connectors.answer import address_of
from leads.channels.connectors.connect import replay, replay_failed
from leads.channels.connectors.health import health_of
from leads.channels.connectors.incoming import Incoming
from leads.channels.connectors.registry import provider_of
from leads.models import Connector, Delivery, DeliveryState
from leads.models.connector import OPEN_STATES
from leads.people.keyset import Order
from leads.secrets import SecretsUnreadable, unseal
from leads.web.access import CAPTURING, roles_required
from leads.web.connectors import may_edit, provider_or_404
from leads.web.paging import asked_page
from leads.web.toasts import add_refusal, add_toast

PAGE_SIZE = 50
NEWEST_FIRST = Order((), is_descending=True)
# Tabs of the log: name in the address, label, states.
VIEWS = (
    ("", "All", None),
    ("processed", "Processed", (DeliveryState.PROCESSED,)),
    ("ignored", "Nothing to do", (DeliveryState.IGNORED,)),
    ("failed", "Failed", (DeliveryState.FAILED,)),
    ("open", "Waiting", OPEN_STATES),
    ("test", "Tests", (DeliveryState.TEST,)),
)


@roles_required(*CAPTURING)
@require_safe
def connector_page(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Show a connector: its address, its health, and a page of its log."""
    connector = get_object_or_404(Connector.objects.select_related("source"), pk=connector_id)
    now = timezone.now()
    view = request.GET.get("state", "")
    states = next((states for name, _, states in VIEWS if name == view), None)
    rows = Delivery.objects.filter(connector=connector).select_related("lead").defer("body", "headers")
    context = {
        "connector": connector,
        "provider": provider_of(connector.provider),
        "address": address_of(connector),
        "asks_secret": _asks_secret(connector),
        "health": health_of([connector], now=now)[connector.pk],
        "page": asked_page(request, rows.filter(state__in=states) if states else rows, NEWEST_FIRST, size=PAGE_SIZE),
        "views": [(name, label, name == view) for name, label, _ in VIEWS],
        "view": view,
        "may_edit": may_edit(request),
    }
    return render(request, "leads/connector.html", context)


@roles_required(*CAPTURING)
@require_safe
def delivery_page(request: HttpRequest, connector_id: int, delivery_id: int) -> HttpResponse:
    """Show a delivery as received, with its outcome."""
    delivery = _delivery(connector_id, delivery_id)
    context = {
        "delivery": delivery,
        "connector": delivery.connector,
        "provider": provider_of(delivery.connector.provider),
        "body": readable(bytes(delivery.body)),
    }
    return render(request, "leads/delivery.html", context)


@roles_required(*CAPTURING)
@require_POST
def replay_one(request: HttpRequest, connector_id: int, delivery_id: int) -> HttpResponse:
    """Process a delivery again, at once."""
    delivery = _delivery(connector_id, delivery_id)
    replay(delivery, now=timezone.now())
    tasks.process_soon([delivery.pk])
    delivery.refresh_from_db()
    said = delivery.reason or "It is being worked on."
    (add_refusal if delivery.state == DeliveryState.FAILED else add_toast)(request, f"Replayed. {said}")
    return redirect("delivery-page", connector_id, delivery_id)


@roles_required(*CAPTURING)
@require_POST
def replay_all_failed(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Process all failed deliveries again."""
    connector = get_object_or_404(Connector, pk=connector_id)
    ids = replay_failed(connector, now=timezone.now())
    tasks.process_soon(ids)
    add_toast(request, f"{len(ids)} {'delivery is' if len(ids) == 1 else 'deliveries are'} being worked on again.")
    return redirect("connector-page", connector_id)


@roles_required(*CAPTURING)
@require_POST
def send_test(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Send a sample delivery, signed with the stored secret, to the connector's own address."""
    connector = get_object_or_404(Connector, pk=connector_id)
    provider, now = provider_or_404(connector.provider), timezone.now()
    try:
        secrets = unseal(connector.sealed_secrets)
    except SecretsUnreadable as refusal:
        add_refusal(request, str(refusal))
        return redirect("connector-page", connector_id)
    sample = provider.sample(secrets, connector.settings, url=address_of(connector), now=now)
    answer = _deliver(sample, f"/hooks/{connector.provider}/{connector.key}/")
    tested = Delivery.objects.filter(connector=connector, received_at__gte=now).order_by("-id").first()
    if answer.status_code != 200:
        said = json.loads(answer.content or b"{}").get("message", "")
        add_refusal(request, f"The test was refused with {answer.status_code}. {said}")
    else:
        add_toast(request, (tested and tested.reason) or "The test arrived and is being worked on.")
    return redirect("connector-page", connector_id)


def readable(body: bytes) -> str:
    """Return a body for display: indented JSON, anything else unchanged."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def _deliver(sample: Incoming, path: str) -> HttpResponse:
    """Call the webhook view as a request from outside would."""
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in sample.headers.items()}
    environ = {
        "REQUEST_METHOD": sample.method,
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(sample.query),
        "CONTENT_TYPE": sample.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(sample.body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(sample.body),
        "leadcrm.trial": True,
        **headers,
    }
    view, args, kwargs = resolve(path, "leads.capture.urls")
    response: HttpResponse = view(WSGIRequest(environ), *args, **kwargs)
    return response


def _delivery(connector_id: int, delivery_id: int) -> Delivery:
    deliveries = Delivery.objects.select_related("connector__source", "lead")
    return get_object_or_404(deliveries, pk=delivery_id, connector_id=connector_id)


def _asks_secret(connector: Connector) -> bool:
    """Return whether the address needs ?secret=, which the user has to add, because it is not shown again."""
    try:
        return bool(unseal(connector.sealed_secrets).get("address_secret"))
    except SecretsUnreadable:
        return False
