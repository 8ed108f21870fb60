"""The live debugger of a source: what arrives, and the outcome of each event."""

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leads.events.catalog import label_of
from leads.models import Event, RejectedEvent, Source
from leads.reports.arrivals import Arrivals, Place, arrivals_of, has_all_in_view, kinds_of
from leads.web.access import CAPTURING, roles_required
from leads.web.install import clients_for

SHOWS = {"": "Everything", "accepted": "Taken in", "rejected": "Rejected"}
PLACE = re.compile(r"(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """One arrival, and the link to its details. what: the event, or why it was rejected."""

    row: Event | RejectedEvent
    is_taken: bool
    what: str
    whose: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The filters of the list. below: TOP for the live list."""

    show: str
    kind: str
    below: Place

    def query(self, **changes: str) -> str:
        """Return the query string with some filters changed."""
        params = {"show": self.show, "kind": self.kind, **changes}
        return urlencode({name: value for name, value in params.items() if value})


@roles_required(*CAPTURING)
@never_cache
@require_safe
def source_page(request: HttpRequest, source_id: int) -> HttpResponse:
    """Show what arrives from a source. A poll with a current If-None-Match gets 204."""
    source = get_object_or_404(Source, pk=source_id)
    context = _board(source, _choices(request))
    tag = f'"{_fingerprint(context)}"'
    is_poll = bool(request.headers.get("HX-Request"))
    if is_poll and request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=204)
    if is_poll:
        response = render(request, "leads/sources/_board.html", {**context, "tag": tag})
    else:
        context |= {"clients": clients_for(source)}
        response = render(request, "leads/source.html", {**context, "tag": tag})
    response["ETag"] = tag
    response["Vary"] = "HX-Request, Cookie"
    return response


@roles_required(*CAPTURING)
@require_safe
def arrived_event(request: HttpRequest, source_id: int, event_id: int) -> HttpResponse:
    """Show the details of an accepted event."""
    events = Event.objects.select_related("source", "identifier", "lead")
    event = get_object_or_404(events, pk=event_id, source_id=source_id)
    context = {
        "source": event.source,
        "event": event,
        "title": label_of(event.kind, event.name),
        "text": _pretty(event.properties),
    }
    return _detail(request, context)


@roles_required(*CAPTURING)
@require_safe
def rejected_event(request: HttpRequest, source_id: int, rejected_id: int) -> HttpResponse:
    """Show why an event was rejected, and the event as sent."""
    rejected = get_object_or_404(RejectedEvent.objects.select_related("source"), pk=rejected_id, source_id=source_id)
    context = {
        "source": rejected.source,
        "rejected": rejected,
        "title": "Rejected",
        "text": _pretty_text(rejected.body),
    }
    return _detail(request, context)


def _detail(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    template = "leads/sources/_detail.html" if request.headers.get("HX-Request") else "leads/arrival.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _choices(request: HttpRequest) -> Choices:
    show, kind = request.GET.get("show", ""), request.GET.get("kind", "")[:60]
    place = PLACE.fullmatch(request.GET.get("below", ""))
    below = Place(int(place[1]), int(place[2])) if place else Place()
    return Choices(show if show in SHOWS else "", kind.replace("\x00", ""), below)


def _board(source: Source, choices: Choices) -> dict[str, Any]:
    """Return the context of the live list; a fixed number of queries."""
    arrivals = arrivals_of(source, show=choices.show, kind=choices.kind, below=choices.below)
    newest = arrivals if _is_all(choices) else arrivals_of(source, size=1)
    return {
        "source": source,
        "choices": choices,
        "shows": [
            (value, label, choices.query(show=value, kind=""), value == choices.show) for value, label in SHOWS.items()
        ],
        "kinds": [(label_of(kind), choices.query(kind=kind, show="accepted")) for kind in kinds_of(source)],
        "kind_label": label_of(choices.kind) if choices.kind else "",
        "rows": [_row(row) for row in arrivals.rows],
        "older": _address(choices, arrivals),
        "is_live": choices.below == Place(),
        "newest": _row(newest.rows[0]) if newest.rows else None,
        "is_first": not newest.rows and has_all_in_view(),
    }


def _is_all(choices: Choices) -> bool:
    return not (choices.show or choices.kind) and choices.below == Place()


def _address(choices: Choices, arrivals: Arrivals) -> str:
    return choices.query(below=f"{arrivals.older.event_id}.{arrivals.older.rejected_id}") if arrivals.older else ""


def _row(row: Event | RejectedEvent) -> ArrivalRow:
    if isinstance(row, RejectedEvent):
        return ArrivalRow(row, False, row.reason, "")
    return ArrivalRow(row, True, label_of(row.kind, row.name), row.lead.display_name if row.lead else "")


def _fingerprint(context: dict[str, Any]) -> str:
    """Return a value that changes when the list does."""
    source, rows, newest = context["source"], context["rows"], context["newest"]
    shown = [(row.is_taken, row.row.pk, row.whose) for row in rows]
    state = (source.is_active, source.name, newest and (newest.is_taken, newest.row.pk), context["is_first"])
    return blake2b(repr((shown, state, context["kinds"])).encode(), digest_size=8).hexdigest()


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _pretty_text(text: str) -> str:
    """Return a body with indented JSON, or unchanged if it is not JSON."""
    try:
        return _pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text
