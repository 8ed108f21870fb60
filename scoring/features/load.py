"""From the database to facts: whole batches of leads in a fixed number of queries."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Field, Func, QuerySet, TextField, When
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from leads.events.catalog import (
    BOOKKEEPING,
    HAND_RAISE_KINDS,
    KINDS_JUDGED_BY_PROPERTIES,
    VOLUNTARY_KINDS,
    is_voluntary,
)
from leads.models import Event, Lead
from scoring.engine.facts import EventFact, LeadFacts, RuleSet, needed_properties

NO_PROPERTIES: Mapping[str, object] = {}


def read_leads(lead_ids: Sequence[int]) -> list[Lead]:
    """Read current leads with their organizations. Its facts_version is as old as everything else that is read."""
    return list(Lead.objects.current().filter(pk__in=lead_ids).select_related("organization").order_by("pk"))


def events_of(lead_ids: Sequence[int], rule_set: RuleSet) -> Mapping[int, Sequence[EventFact]]:
    """Return each lead's events, with the properties that the rules look at; one query."""
    events: dict[int, list[EventFact]] = defaultdict(list)
    rows = _event_rows(lead_ids, needed_properties(rule_set) | KINDS_JUDGED_BY_PROPERTIES)
    for lead_id, kind, at, source, message_id, signal, name, properties in rows:
        known = json.loads(properties) if properties else NO_PROPERTIES
        voluntary = is_voluntary(kind, known) if kind in KINDS_JUDGED_BY_PROPERTIES else kind in VOLUNTARY_KINDS
        events[lead_id].append(
            EventFact(kind, at, source, message_id, known, signal, voluntary, kind in HAND_RAISE_KINDS, name)
        )
    return events


def facts_of(lead: Lead, events: Sequence[EventFact]) -> LeadFacts:
    """Return all that the lead's score depends on besides rules and time."""
    return LeadFacts(attributes_of(lead), events, posix(lead.recycled_at))


def attributes_of(lead: Lead) -> dict[str, object]:
    """Return a lead's attributes flat, by the names that conditions use."""
    flat: dict[str, object] = {
        "kind": lead.kind,
        "email": lead.email,
        "email_domain": lead.email.rpartition("@")[2],
        "phone": lead.phone,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "title": lead.title,
        "source": lead.source,
        "country": lead.country,
    }
    if lead.organization is not None:
        organization = lead.organization
        flat["organization.name"] = organization.name
        flat["organization.domain"] = organization.domain
        flat["organization.industry"] = organization.industry
        flat["organization.employee_count"] = organization.employee_count
        flat["organization.country"] = organization.country
    for name, value in lead.attributes.items():
        flat[f"attributes.{name}"] = value
    return flat


def posix(moment: datetime | None) -> float | None:
    """Return POSIX seconds, in which the engine counts."""
    return moment.timestamp() if moment is not None else None


def posix_of_date(day: date | None) -> float | None:
    """Return the POSIX seconds at which a date begins in UTC."""
    return datetime.combine(day, time(0), UTC).timestamp() if day is not None else None


class PosixSeconds(Func):
    """A time as POSIX seconds, in which the engine counts; the database converts it faster than Python parses it."""

    # Not a FloatField, which would call float() on every value once more.
    output_field: "Field[Any, Any]" = Field()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Sequence[Any]]:
        """Return date_part, which is a float to the microsecond (extract would be a slow numeric)."""
        return self.as_sql(compiler, connection, template="date_part('epoch', %(expressions)s)", **extra)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Return whole seconds and the fraction after them, which Django stores as text in UTC."""
        template = "strftime('%%%%s', %(expressions)s) + CAST('0' || substr(%(expressions)s, 20) AS REAL)"
        return self.as_sql(compiler, connection, template=template, **extra)


def _event_rows(lead_ids: Sequence[int], kinds_with_properties: set[str]) -> QuerySet[Event, tuple[Any, ...]]:
    # Most rules look at the kind alone: decoding every event's properties would take longer than all the rest.
    properties = Case(When(kind__in=kinds_with_properties, then=Cast("properties", TextField())))
    return (
        Event.objects.filter(lead_id__in=lead_ids)
        .exclude(kind__in=BOOKKEEPING)
        .values_list(
            "lead_id", "kind", PosixSeconds("occurred_at"), "source_id", "message_id", "signal", "name", properties
        )
    )
