"""The webhook addresses of connectors: translates the request to plain values and the answer to a response."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from leads import tasks
from leads.capture.fault import fault_of
from leads.capture.raw_body import TooLarge, read_raw
from leads.channels.connectors.answer import Answer, answer, refusal
from leads.channels.connectors.incoming import Incoming

MOST_BYTES = 1_000_000
RETRY_AFTER = "30"  # seconds
# Set when the connector's screen tests its own address. Clients can't set it: their headers start with HTTP_.
TRIAL = "leadcrm.trial"


def receive(request: HttpRequest, provider: str, key: str) -> HttpResponse:
    """Take a delivery or a handshake, and answer before the delivery is processed."""
    try:
        incoming = _incoming(request)
        # The delivery is durable when this block ends; processing it is the worker's job.
        with transaction.atomic():
            said = answer(provider, key, incoming, now=timezone.now(), is_trial=request.META.get(TRIAL) is True)
            if said.delivery_ids:
                transaction.on_commit(lambda: tasks.process_soon(said.delivery_ids), robust=True)
    except TooLarge:
        said = refusal(400, "too_large", f"A delivery may have {MOST_BYTES:,} bytes.")
    except Exception as error:
        said = refusal(*fault_of(error))
    return _response(said)


def _incoming(request: HttpRequest) -> Incoming:
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.META.get("QUERY_STRING", "")
    # The public address, whatever host a proxy passed on, since some vendors sign it.
    url = f"{settings.PUBLIC_URL}{request.path}" + (f"?{query}" if query else "")
    raw = read_raw(request, most=MOST_BYTES)
    return Incoming(request.method or "", url, headers, request.GET.dict(), raw)


def _response(said: Answer) -> HttpResponse:
    response = HttpResponse(said.body, content_type=said.content_type, status=said.status)
    response["X-Content-Type-Options"] = "nosniff"
    if said.status == 503:
        response["Retry-After"] = RETRY_AFTER
    if said.status == 405:
        response["Allow"] = "GET, HEAD, POST"
    return response
