"""Rows of the tables that a chunk of the demo fills."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

from leadcrm.demo.life import Life, Standing
from leadcrm.demo.organizations import Company
from leadcrm.demo.people import Person
from leadcrm.demo.story import Step, Story
from leads.bulk import Row, write_rows
from leads.events.catalog import BOOKKEEPING, channel_of
from leads.models import Event, Identifier, Lead, LeadKind, LeadSearch, Organization, StageChange

ORGANIZATION = ("id", "name", "domain", "external_id", "industry", "employee_count", "country", "attributes",
                "attribute_times", "created_at")  # fmt: skip
LEAD = ("id", "kind", "email", "phone", "first_name", "last_name", "title", "country", "organization_id", "attributes",
        "attribute_times", "source", "stage", "stage_changed_at", "recycled_at", "retry_on", "disqualified_at",
        "owner_id", "claimed_at", "respond_by", "score", "fit", "behaviour", "persona", "score_due_at",
        "facts_version", "decided_version", "last_event_at", "last_event_kind", "created_at")  # fmt: skip
SEARCH = ("lead_id", "text")
IDENTIFIER = ("id", "kind", "value", "lead_id", "created_at")
EVENT = ("id", "source_id", "message_id", "identifier_id", "lead_id", "kind", "name", "channel", "occurred_at",
         "received_at", "properties", "signal")  # fmt: skip
CHANGE = ("lead_id", "from_stage", "to_stage", "reason", "actor_id", "rule_set_version", "score", "fit", "behaviour",
          "evidence", "changed_at")  # fmt: skip

# The order in which tables are filled: referenced tables first.
TABLES = (
    (Organization, ORGANIZATION),
    (Lead, LEAD),
    (LeadSearch, SEARCH),
    (Identifier, IDENTIFIER),
    (Event, EVENT),
    (StageChange, CHANGE),
)

# Events away from the website are entered by people, who know the lead by its e-mail address.
OFFLINE = frozenset(
    {"store_visited", "call_received", "call_missed", "event_form_submitted", "call_made", "email_sent"}
)
# Seconds from an event to its arrival.
TRANSPORT = 0.4


class FirstIds(NamedTuple):
    """The first ids that a chunk may use."""

    organization: int
    lead: int
    identifier: int
    event: int


class Told(NamedTuple):
    """A lead with its finished story: the person, the channel, and the steps."""

    person: Person
    channel: str
    life: Life


class Rows:
    """Collects the rows of a chunk and writes them."""

    def __init__(self, first: FirstIds, *, source_id: int, version: int, now: datetime) -> None:
        self._tables: dict[type, list[Row]] = defaultdict(list)
        self._events: list[tuple[Any, ...]] = []  # without ids, which follow the order of arrival
        self._organization_ids = count(first.organization)
        self._lead_ids = count(first.lead)
        self._identifier_ids = count(first.identifier)
        self._first_event = first.event
        self._organizations: dict[str, int] = {}
        self._source_id = source_id
        self._version = version
        self._now = now

    def add_leads(self, leads: Sequence[Told]) -> None:
        """Add leads, the first to come in first."""
        for told in sorted(leads, key=lambda told: told.life.began_at):
            self._add_lead(told)

    def add_visit(self, story: Story) -> None:
        """Add an unknown visitor."""
        steps = story.ordered_steps()
        identifier = self._identifier("anonymous_id", None, steps[0].at)
        self._add_events(f"v{identifier}", None, [(step, identifier) for step in steps])

    def write(self) -> int:
        """Store everything; return how many events there are."""
        self._events.sort(key=_arrival)
        self._tables[Event] = [(number, *row) for number, row in enumerate(self._events, self._first_event)]
        for model, columns in TABLES:
            write_rows(model, columns, self._tables[model])
        return len(self._events)

    def _add_lead(self, told: Told) -> None:
        person, channel, life = told
        standing = life.standing
        lead_id, steps = next(self._lead_ids), life.steps()
        organization_id = self._organization(person.company, life.began_at) if person.company else None
        told_of = [step for step in steps if step.kind not in BOOKKEEPING]
        last_at, last_kind = (told_of[-1].at, told_of[-1].kind) if told_of else (life.began_at, "")
        self._tables[Lead].append((
            lead_id, _kind(person), person.email, person.phone, person.first_name, person.last_name, person.title,
            person.country.name, organization_id, {"city": person.city}, {}, channel,
            *_standing_columns(standing), 0.0, 0.0, 0.0, "", self._now, 1, self._version,
            _time(last_at), last_kind, _time(life.began_at),
        ))  # fmt: skip
        self._tables[LeadSearch].append((lead_id, person.search_text))
        self._add_events(str(lead_id), lead_id, self._identified(person, lead_id, life, steps))
        self._tables[StageChange] += [
            (
                lead_id, str(change.from_stage), str(change.to_stage), change.reason, change.actor_id, change.version,
                change.score.score, change.score.fit, change.score.behaviour, change.evidence, _time(change.at),
            )
            for change in standing.changes
        ]  # fmt: skip

    def _identified(self, person: Person, lead_id: int, life: Life, steps: Sequence[Step]) -> list[tuple[Step, int]]:
        """Return each step with its identifier: the cookie's until the lead gave its address."""
        began_at = life.began_at
        email = self._identifier("email", lead_id, began_at, person.email)
        if person.phone:
            self._identifier("phone", lead_id, began_at, person.phone)
        online = [step for step in steps if step.kind not in OFFLINE]
        if not online:
            return [(step, email) for step in steps]
        cookie = self._identifier("anonymous_id", lead_id, online[0].at)
        return [(step, cookie if step.at < began_at and step.kind not in OFFLINE else email) for step in steps]

    def _identifier(self, kind: str, lead_id: int | None, at: float, value: str = "") -> int:
        number = next(self._identifier_ids)
        self._tables[Identifier].append((number, kind, value or f"demo-{number:08x}", lead_id, _time(at)))
        return number

    def _add_events(self, prefix: str, lead_id: int | None, steps: Sequence[tuple[Step, int]]) -> None:
        self._events += [
            (
                self._source_id, f"demo-{prefix}-{number}", identifier, lead_id, step.kind, _sent_as(step.kind),
                channel_of(step.kind), _time(step.at), _time(step.at + TRANSPORT), step.properties, step.signal,
            )
            for number, (step, identifier) in enumerate(steps)
        ]  # fmt: skip

    def _organization(self, company: Company, at: float) -> int:
        """Return the company's id; companies without leads are not stored."""
        known = self._organizations.get(company.domain)
        if known is not None:
            return known
        number = self._organizations[company.domain] = next(self._organization_ids)
        self._tables[Organization].append((
            number, company.name, company.domain, "", company.industry, company.employee_count, company.country.name,
            {"city": company.city}, {}, _time(at),
        ))  # fmt: skip
        return number


def _arrival(event: tuple[Any, ...]) -> datetime:
    at: datetime = event[EVENT.index("received_at") - 1]
    return at


def _standing_columns(standing: Standing) -> Row:
    return (
        str(standing.stage), _time(standing.stage_changed_at), _time(standing.recycled_at), standing.retry_on,
        _time(standing.disqualified_at), standing.owner_id, _time(standing.claimed_at), _time(standing.respond_by),
    )  # fmt: skip


def _kind(person: Person) -> str:
    return str(LeadKind.ORGANIZATION if person.is_organization else LeadKind.PERSON)


def _sent_as(kind: str) -> str:
    """Return the name as a client would send it: "Demo Requested"."""
    return kind.replace("_", " ").title().replace("Ebook", "eBook")


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
