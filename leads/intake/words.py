"""What a batch's events say about people and companies, collected before anything of it is written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from leads.events.catalog import UNSUBSCRIBED
from leads.events.record import EventRow
from leads.identity.keys import EMAIL, PHONE, Key
from leads.identity.recognise import Recognised
from leads.intake.inbound import InboundEvent
from leads.models import Consent, ConsentChannel, ConsentHow, ConsentState
from leads.people.organizations import CompanyWord, Directory, keep_organizations, look_up
from leads.people.profile import Word
from leads.people.traits import KINDS_WITH_TRAITS, NOTHING, Said, said_by


class UnknownCompanies(Exception):
    """The transaction must be restarted and create these organizations first, before it takes locks."""

    def __init__(self, words: Sequence[CompanyWord]) -> None:
        super().__init__(f"{len(words)} words about organizations that are not there")
        self.words = words


# Message id -> the traits in the event; events without traits are left out.
Sayings = Mapping[str, Said]


def sayings_of(events: Iterable[InboundEvent | EventRow]) -> Sayings:
    """Return the traits in events."""
    said = {
        event.message_id: said_by(event.kind, event.properties) for event in events if event.kind in KINDS_WITH_TRAITS
    }
    return {message_id: saying for message_id, saying in said.items() if saying.lead or saying.company}


def keep_companies(
    events: Sequence[InboundEvent], sayings: Sayings, *, earlier: Sequence[CompanyWord] = (), now: datetime
) -> Directory:
    """Create and change the organizations in events. earlier: what earlier events say, to be applied again."""
    words = [*earlier, *_company_words(events, sayings)]
    return keep_organizations(words, now=now) if words else Directory([])


def _company_words(events: Iterable[InboundEvent | EventRow], sayings: Sayings) -> list[CompanyWord]:
    return [
        CompanyWord(event.time_key, sayings[event.message_id].company)
        for event in events
        if sayings.get(event.message_id, NOTHING).company
    ]


def words_of(rows: Sequence[EventRow], sayings: Sayings, directory: Directory) -> list[Word]:
    """Return the traits in new events for their leads, organizations included."""
    words = []
    for row in rows:
        said = sayings.get(row.message_id)
        if said is None or row.lead_id is None:
            continue
        organization = directory.find(said.company) if said.company else None
        traits = {**said.lead, "organization": organization.pk} if organization else said.lead
        words.append(Word(row.lead_id, row.time_key, traits))
    return words


def words_of_visits(visits: Sequence[EventRow], *, may_miss: bool = True) -> list[Word]:
    """Return the traits in earlier events of visitors who have become known.

    Their organizations were created when the events arrived. If one was renamed or deleted since, its traits are left
    out, or, unless may_miss, UnknownCompanies is raised.
    """
    sayings = sayings_of(visits)
    if not sayings:
        return []
    said = _company_words(visits, sayings)
    directory = look_up(word.traits for word in said)
    missing = [word for word in said if directory.find(word.traits) is None]
    if missing and not may_miss:
        raise UnknownCompanies(missing)
    return words_of(visits, sayings, directory)


def contact_words(events: Sequence[InboundEvent], people: Recognised) -> list[Word]:
    """Return the addresses and numbers that leads have just been recognised by, as traits."""
    return [
        Word(people.owners[key], event.time_key, {key[0]: key[1]})
        for event in events
        for key in event.keys
        if key in people.bound and key[0] in (EMAIL, PHONE)
    ]


def withdrawn_consents(events: Iterable[InboundEvent], ids: Mapping[Key, int]) -> list[Consent]:
    """Return the withdrawals of those who unsubscribed: no more e-mail to their address, or to the person if unknown.

    ids: of the identifiers.
    """
    return [
        Consent(
            identifier_id=ids[next((key for key in event.keys if key[0] == EMAIL), event.keys[0])],
            channel=ConsentChannel.EMAIL,
            state=ConsentState.WITHDRAWN,
            how=ConsentHow.UNSUBSCRIBED,
            message_id=event.message_id,
            said_at=event.occurred_at,
        )
        for event in events
        if event.kind == UNSUBSCRIBED
    ]
