"""From the database to facts: whole batches of leads in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

import orjson

from leads.events.catalog import (
    BOOKKEEPING,
    HAND_RAISE_KINDS,
    KINDS_JUDGED_BY_PROPERTIES,
    VOLUNTARY_KINDS,
    is_voluntary,
)
from leads.models import Lead
from leads.rows import fetch, places, posix_seconds
from scoring.engine.facts import EventFact, LeadFacts, RuleSet, needed_properties

NO_PROPERTIES: Mapping[str, object] = {}


class OrganizationRow(NamedTuple):
    """What rules may ask of an organization."""

    name: str
    domain: str
    industry: str
    employee_count: int | None
    country: str


class LeadRow(NamedTuple):
    """What scoring reads of a lead, under the names that the lead has: a third of the cost of the whole of it."""

    pk: int
    facts_version: int
    stage: str
    claimed_at: datetime | None
    scored_at: datetime | None
    decided_version: int | None
    recycled_at: datetime | None
    retry_on: date | None
    disqualified_at: datetime | None
    score: float
    fit: float
    behaviour: float
    kind: str
    email: str
    phone: str
    first_name: str
    last_name: str
    title: str
    source: str
    country: str
    attributes: Mapping[str, object]
    organization: OrganizationRow | None


def read_leads(lead_ids: Sequence[int]) -> list[LeadRow]:
    """Read current leads with their organizations. Its facts_version is as old as everything else that is read."""
    *own, _ = LeadRow._fields
    organizations = [f"organization__{field}" for field in OrganizationRow._fields]
    leads = Lead.objects.current().filter(pk__in=lead_ids).order_by("pk")
    return [
        LeadRow._make((*row[: len(own)], OrganizationRow._make(row[len(own) :]) if row[len(own)] is not None else None))
        for row in leads.values_list(*own, *organizations)
    ]


def events_of(lead_ids: Sequence[int], rule_set: RuleSet) -> Mapping[int, Sequence[EventFact]]:
    """Return each lead's events, with the properties that the rules look at; one query."""
    events: dict[int, list[EventFact]] = defaultdict(list)
    rows = _event_rows(lead_ids, needed_properties(rule_set) | KINDS_JUDGED_BY_PROPERTIES)
    for lead_id, kind, at, source, message_id, signal, name, properties in rows:
        known = orjson.loads(properties) if properties else NO_PROPERTIES
        voluntary = is_voluntary(kind, known) if kind in KINDS_JUDGED_BY_PROPERTIES else kind in VOLUNTARY_KINDS
        events[lead_id].append(
            EventFact(kind, at, source, message_id, known, signal, voluntary, kind in HAND_RAISE_KINDS, name)
        )
    return events


def facts_of(lead: Lead | LeadRow, events: Sequence[EventFact]) -> LeadFacts:
    """Return all that the lead's score depends on besides rules and time."""
    return LeadFacts(attributes_of(lead), events, posix(lead.recycled_at))


def attributes_of(lead: Lead | LeadRow) -> dict[str, object]:
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


def _event_rows(lead_ids: Sequence[int], kinds_with_properties: Collection[str]) -> list[tuple[Any, ...]]:
    """Read events as plain rows: millions go by in a rescore, and the ORM would touch each value once more."""
    if not lead_ids:
        return []
    # Most rules look at the kind alone: decoding every event's properties would take longer than all the rest.
    sql = f"""
        SELECT lead_id, kind, {posix_seconds("occurred_at")}, source_id, message_id, signal, name,
               CASE WHEN kind IN ({places(kinds_with_properties)}) THEN properties END
        FROM leads_event
        WHERE lead_id IN ({places(lead_ids)}) AND kind NOT IN ({places(BOOKKEEPING)})
    """  # noqa: S608 - names of our own
    return fetch(sql, [*kinds_with_properties, *lead_ids, *BOOKKEEPING])
