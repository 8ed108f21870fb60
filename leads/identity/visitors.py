"""Visitors: browsers of unknown people, until an event identifies them."""

from collections.abc import Collection

from django.db.models import Case, JSONField, OuterRef, Subquery, Value, When

from leads.events.record import EventRow
from leads.models import Event, Identifier


def claim_visits(identifier_ids: Collection[int], *, kinds_with_traits: Collection[str]) -> list[EventRow]:
    """Give the events of newly identified visitors to their leads and return them, oldest first.

    Only events of the given kinds are returned with properties, because only those contain traits.
    """
    if not identifier_ids:
        return []
    owner = Identifier.objects.filter(pk=OuterRef("identifier_id")).values("lead_id")
    visits = Event.objects.filter(identifier_id__in=identifier_ids)
    if not visits.filter(lead=None).update(lead_id=Subquery(owner)):
        return []
    properties = Case(
        When(kind__in=kinds_with_traits, then="properties"), default=Value({}, JSONField()), output_field=JSONField()
    )
    columns = ("message_id", "identifier_id", "lead_id", "kind", "name", "channel", "occurred_at")
    rows = visits.order_by("occurred_at", "pk").values_list(*columns, properties, "signal")
    return [EventRow(*row) for row in rows]
