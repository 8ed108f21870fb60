"""Generate the demo data in chunks, so that a million leads need no more memory than two thousand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db import transaction

from leadcrm.demo.bulk import continue_ids, next_id, refresh_statistics
from leadcrm.demo.capture import make_call, make_capture
from leadcrm.demo.chats import make_chats
from leadcrm.demo.clock import DemoClock
from leadcrm.demo.connectors import make_connectors
from leadcrm.demo.forms import make_forms
from leadcrm.demo.imports import make_import
from leadcrm.demo.journeys import tell_journey, tell_visit, tell_waiting_journey
from leadcrm.demo.life import Life, World, live_through
from leadcrm.demo.organizations import Taken, make_companies
from leadcrm.demo.people import Person, make_person
from leadcrm.demo.rows import FirstIds, Rows, Told
from leadcrm.demo.rules import add_demo_rules, demo_eras
from leadcrm.demo.sales import Rep
from leadcrm.demo.story import Story
from leadcrm.demo.users import make_rejections, make_users, make_website
from leads.handoff.clock import sales_hours
from leads.models import Event, Identifier, Lead, Organization, Role, Stage

CHUNK = 2_000
VISITORS_A_LEAD = 1.5
COMPANIES_A_LEAD = 0.62
PRIVATE = 0.12  # share of leads without a company
IMPORTED = 0.07  # share of leads that were imported and have done nothing yet
# Leads waiting in the queue: minutes since their request. Sales has half an hour to claim them.
WAITING_MINUTES = (34, 26, 18, 11, 8, 4, 2)
TARGET = 30 * 60.0

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the leads, with its own random source. waiting: how many of them wait in the queue."""

    number: int
    size: int
    waiting: int


def make_demo(leads: int, *, seed: int, now: datetime, report: Progress) -> int:
    """Store users, a website and this many leads with a year of events; return the number of events.

    Scores are due at `now`. The same seed and day give the same data. `report` receives the number of leads of each
    stored chunk.
    """
    users = make_users()
    add_demo_rules(by=next(user for user in users if user.role == Role.ADMIN), now=now)
    website = make_website(now=now)
    make_rejections(website, now=now)
    world = World(
        eras=demo_eras(),
        reps=tuple(Rep(user.pk, str(user)) for user in users if user.role == Role.SALES),
        hours=sales_hours(),
        source_id=website.pk,
        now=now.timestamp(),
    )
    make_forms(by=next(user for user in users if user.role == Role.MARKETER), seed=seed, now=now)
    events = 0
    for chunk in _chunks(leads):
        events += _make_chunk(chunk, Random(f"{seed}:{chunk.number}"), world, now)
        report(chunk.size)
    continue_ids((Organization, Lead, Identifier, Event))
    make_chats(seed=seed, now=now)
    make_connectors(seed=seed, now=now)
    make_import(by=next(user for user in users if user.role == Role.MARKETER), seed=seed, now=now)
    make_capture(by=next(user for user in users if user.role == Role.MARKETER), seed=seed, now=now)
    # Claimed leads belong to sales; scoring does not move them.
    with_a_rep = Lead.objects.filter(stage=Stage.CLAIMED, owner__isnull=False).select_related("owner").order_by("pk")
    if (lead := with_a_rep.first()) and lead.owner:
        make_call(lead, by=lead.owner, now=now)
    refresh_statistics()
    return events


def _chunks(leads: int) -> Iterator[Chunk]:
    waiting = min(len(WAITING_MINUTES), 1 + leads // 50)
    for number, start in enumerate(range(0, leads, CHUNK)):
        size = min(CHUNK, leads - start)
        yield Chunk(number, size, min(waiting, size) if number == 0 else 0)


@transaction.atomic
def _make_chunk(chunk: Chunk, rng: Random, world: World, now: datetime) -> int:
    first = FirstIds(*(next_id(model) for model in (Organization, Lead, Identifier, Event)))
    clock = DemoClock(now)
    rows = Rows(first, source_id=world.source_id, version=world.eras[-1].version, now=now)
    people = _people(chunk.size, rng, first.lead)
    # Waiting leads fit the offer well, so that the queue shows good reasons to call them.
    people.sort(key=_suits_least)
    told = [_told(person, number, chunk, rng, clock, world) for number, person in enumerate(people)]
    live_through([one.life for one in told], world)
    rows.add_leads(told)
    for _ in range(round(chunk.size * VISITORS_A_LEAD)):
        rows.add_visit(tell_visit(people[0], rng, clock))
    return rows.write()


def _people(count: int, rng: Random, first_lead: int) -> list[Person]:
    # A name that an earlier chunk may have used gets the number of this chunk's first lead as a suffix.
    tail = f"-{first_lead}" if first_lead > 1 else ""
    companies = make_companies(max(1, round(count * COMPANIES_A_LEAD)), rng, Taken(tail))
    addresses = Taken(tail)
    return [
        make_person(number, None if rng.random() < PRIVATE else rng.choice(companies), rng, addresses)
        for number in range(first_lead, first_lead + count)
    ]


def _suits_least(person: Person) -> float:
    return -person.fit if person.company and person.first_name and person.phone else 9.0


def _told(person: Person, number: int, chunk: Chunk, rng: Random, clock: DemoClock, world: World) -> Told:
    # A separate random source: what sales does with one lead must not change the next lead.
    own = Random(rng.getrandbits(64))
    wait = None
    if number < chunk.waiting:
        wait = TARGET
        channel, story = tell_waiting_journey(person, WAITING_MINUTES[number], own, clock)
    elif rng.random() < IMPORTED:
        channel, story = "import", _imported(person, own, clock)
    else:
        channel, story = tell_journey(person, own, clock)
    life = Life(story, _attributes(person, channel), world, own, wait=wait)
    return Told(person, channel, life)


def _imported(person: Person, rng: Random, clock: DemoClock) -> Story:
    story = Story(person, 0.0, rng, clock)
    story.known_at = clock.moment(rng.uniform(0.1, 365))
    return story


def _attributes(person: Person, channel: str) -> Mapping[str, object]:
    """Return a lead's attributes by the names that fit rules use, as scoring will read them from the database."""
    known: dict[str, object] = {
        "kind": "organization" if person.is_organization else "person",
        "email": person.email,
        "email_domain": person.email.rpartition("@")[2],
        "phone": person.phone,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "title": person.title,
        "source": channel,
        "country": person.country.name,
        "attributes.city": person.city,
    }
    if person.company is not None:
        company = person.company
        known["organization.name"] = company.name
        known["organization.domain"] = company.domain
        known["organization.industry"] = company.industry
        known["organization.employee_count"] = company.employee_count
        known["organization.country"] = company.country.name
    return known
