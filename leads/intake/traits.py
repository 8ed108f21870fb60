"""The traits of people and companies in a batch of events, collected before any of them is stored."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from leads.events.catalog import UNSUBSCRIBED
from leads.events.record import EventRow
from leads.identity.keys import EMAIL, PHONE, Key
from leads.identity.recognise import Recognised
from leads.intake.inbound import InboundEvent
from leads.models import Consent, ConsentChannel, ConsentHow, ConsentState
from leads.people.organizations import CompanyUpdate, Directory, keep_organizations, look_up
from leads.people.profile import TraitUpdate
from leads.people.traits import KINDS_WITH_TRAITS, NOTHING, EventTraits, traits_in


class UnknownCompanies(Exception):
    """The transaction must be restarted and create these organizations first, before it takes locks."""

    def __init__(self, updates: Sequence[CompanyUpdate]) -> None:
        super().__init__(f"{len(updates)} updates of organizations that do not exist")
        self.updates = updates


# Message id -> the traits in the event; events without traits are left out.
TraitsByMessage = Mapping[str, EventTraits]


def traits_by_message(events: Iterable[InboundEvent | EventRow]) -> TraitsByMessage:
    """Return the traits in each event that has some, by message id."""
    found = {
        event.message_id: traits_in(event.kind, event.properties) for event in events if event.kind in KINDS_WITH_TRAITS
    }
    return {message_id: one for message_id, one in found.items() if one.lead or one.company}


def keep_companies(
    events: Sequence[InboundEvent], said: TraitsByMessage, *, earlier: Sequence[CompanyUpdate] = (), now: datetime
) -> Directory:
    """Create and change the organizations in events. earlier: what earlier events say, to be applied again."""
    updates = [*earlier, *_company_updates(events, said)]
    return keep_organizations(updates, now=now) if updates else Directory([])


def _company_updates(events: Iterable[InboundEvent | EventRow], said: TraitsByMessage) -> list[CompanyUpdate]:
    return [
        CompanyUpdate(event.time_key, said[event.message_id].company)
        for event in events
        if said.get(event.message_id, NOTHING).company
    ]


def updates_of(rows: Sequence[EventRow], said: TraitsByMessage, directory: Directory) -> list[TraitUpdate]:
    """Return what new events update of their leads, organizations included."""
    updates = []
    for row in rows:
        found = said.get(row.message_id)
        if found is None or row.lead_id is None:
            continue
        organization = directory.find(found.company) if found.company else None
        traits = {**found.lead, "organization": organization.pk} if organization else found.lead
        updates.append(TraitUpdate(row.lead_id, row.time_key, traits))
    return updates


def updates_of_visits(visits: Sequence[EventRow], *, may_miss: bool = True) -> list[TraitUpdate]:
    """Return what the earlier events of visitors update, now that the visitors are known.

    Their organizations were created when the events arrived. If one was renamed or deleted since, its traits are left
    out, or, unless may_miss, UnknownCompanies is raised.
    """
    said = traits_by_message(visits)
    if not said:
        return []
    found = _company_updates(visits, said)
    directory = look_up(update.traits for update in found)
    missing = [update for update in found if directory.find(update.traits) is None]
    if missing and not may_miss:
        raise UnknownCompanies(missing)
    return updates_of(visits, said, directory)


def contact_updates(events: Sequence[InboundEvent], people: Recognised) -> list[TraitUpdate]:
    """Return the addresses and numbers that leads have just been recognised by, as traits."""
    return [
        TraitUpdate(people.owners[key], event.time_key, {key[0]: key[1]})
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
