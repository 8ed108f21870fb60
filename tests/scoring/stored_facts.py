"""What the database knows of a lead as plain facts, read the slow way; it shares no code with scoring's own reading."""

from datetime import UTC, datetime, time

from leads.events.catalog import is_hand_raise, is_voluntary
from leads.models import Event, Lead
from scoring.engine.facts import EventFact, LeadFacts
from scoring.qualification.states import LeadState

BOOKKEEPING = ("identified", "grouped", "aliased")
OWN = ("kind", "email", "phone", "first_name", "last_name", "title", "source", "country")
COMPANY = ("name", "domain", "industry", "employee_count", "country")


def stored_facts(lead: Lead) -> LeadFacts:
    attributes = {name: getattr(lead, name) for name in OWN}
    attributes["email_domain"] = lead.email.split("@")[-1] if "@" in lead.email else ""
    if lead.organization:
        attributes |= {f"organization.{name}": getattr(lead.organization, name) for name in COMPANY}
    attributes |= {f"attributes.{name}": value for name, value in lead.attributes.items()}
    events = [stored_event(event) for event in Event.objects.filter(lead=lead).exclude(kind__in=BOOKKEEPING)]
    return LeadFacts(attributes, events, lead.recycled_at.timestamp() if lead.recycled_at else None)


def stored_event(event: Event) -> EventFact:
    return EventFact(
        event.kind,
        event.occurred_at.timestamp(),
        event.source_id,
        event.message_id,
        event.properties,
        event.signal,
        is_voluntary(event.kind, event.properties),
        is_hand_raise(event.kind),
        event.name,
    )


def stored_state(lead: Lead) -> LeadState:
    rests = datetime.combine(lead.retry_on, time(0), UTC).timestamp() if lead.retry_on else None
    return LeadState(
        lead.stage,
        lead.decided_version,
        retry_on=rests,
        disqualified_at=lead.disqualified_at.timestamp() if lead.disqualified_at else None,
        claimed=lead.claimed_at is not None,
        fit=lead.fit if lead.scored_at else None,
        behaviour=lead.behaviour if lead.scored_at else None,
    )
