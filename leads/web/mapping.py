"""The mapping of a generic webhook: a sample, its paths, and the resulting event."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leads.channels.connectors.connect import checked_mapping, set_mapping
from leads.channels.connectors.generic import Generic
from leads.channels.connectors.incoming import Made, Malformed, Nothing, Outcome
from leads.channels.connectors.mapping import guess, paths_in, read_mapped
from leads.channels.connectors.reading import read_json
from leads.errors import InvalidValue
from leads.events.catalog import label_of
from leads.models import Connector, Delivery
from leads.web.access import CAPTURING, roles_required, signed_in
from leads.web.connector_forms import MappingForm
from leads.web.deliveries import readable
from leads.web.toasts import add_toast

LONGEST_SAMPLE = 100_000
MOST_PATHS = 200


@roles_required(*CAPTURING)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, connector_id: int) -> HttpResponse:
    """Show the mapping for the last delivery or a pasted sample; preview the result, or save it."""
    connector = get_object_or_404(Connector, pk=connector_id)
    if connector.provider != Generic.key:
        raise Http404("Only generic webhooks have a mapping.")
    sample = request.POST.get("sample") or _last_body(connector)
    said, problem = _read(sample)
    known = connector.settings.get("mapping") or guess(said)
    does_guess = request.POST.get("do") == "guess"
    form = MappingForm(guess(said) if does_guess else known, request.POST if request.POST and not does_guess else None)
    paths = {name: form[name].value() or "" for name in form.fields}
    if request.method == "POST" and request.POST.get("do") == "save" and form.is_valid():
        try:
            set_mapping(connector, form.cleaned_data, by=signed_in(request), now=timezone.now())
        except InvalidValue as refusal:
            form.add_error(None, str(refusal))
        else:
            add_toast(request, f"The mapping of {connector.name} is saved. Replay what came before.")
            return redirect("connector-page", connector.pk)
    context = {
        "connector": connector,
        "form": form,
        "sample": sample,
        "problem": problem,
        "paths": [(path, str(value)[:60]) for path, value in paths_in(said)][:MOST_PATHS],
        "is_guessed": not connector.settings.get("mapping"),
        **_preview(connector, said, paths),
    }
    return render(request, "leads/mapping.html", context, status=400 if form.is_bound and form.errors else 200)


def _last_body(connector: Connector) -> str:
    last = Delivery.objects.filter(connector=connector, is_trial=False).order_by("-id").first()
    return readable(bytes(last.body)) if last else ""


def _read(sample: str) -> tuple[dict[str, Any], str]:
    """Return the JSON of a sample, and its error."""
    if not sample.strip():
        return {}, ""
    if len(sample) > LONGEST_SAMPLE:
        return {}, f"A sample may have {LONGEST_SAMPLE:,} characters, got {len(sample):,}."
    try:
        return read_json(sample.encode("utf-8", "replace")), ""
    except Malformed as error:
        return {}, str(error)


def _preview(connector: Connector, said: dict[str, Any], paths: dict[str, str]) -> dict[str, Any]:
    """Return the event of a delivery like the sample, or why there would be none."""
    if not said:
        return {}
    body = json.dumps(said).encode()
    try:
        options = {**connector.settings, "mapping": checked_mapping(paths)}
        outcome: Outcome = read_mapped(said, options, body=body, sent_id="", now=timezone.now())
    except InvalidValue as refusal:
        return {"nothing": str(refusal)}
    if isinstance(outcome, Nothing):
        return {"nothing": outcome.reason}
    if not isinstance(outcome, Made):
        return {}
    event = outcome.events[-1]
    return {
        "event": event,
        "label": label_of(event.kind, event.name),
        "keys": [(kind.replace("_", " "), value) for kind, value in event.keys],
        "properties": [(name, str(value)[:120]) for name, value in event.properties.items()][:20],
    }
