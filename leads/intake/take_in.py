"""Store a batch of events in one transaction: identities, the events, and the traits in them.

The number of statements does not depend on the size of the batch. If every identifier is known and there are no traits,
there are three: lock the identifiers, insert the events, mark the leads due. A single event needs one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction

from leads import signals
from leads.consent.record import record_consents
from leads.events.catalog import UNSUBSCRIBED
from leads.events.due import lock_leads, mark_due
from leads.events.record import (
    EventRow,
    SentAgain,
    record_events,
    record_new_events,
    record_rejections,
    stored_already,
)
from leads.events.touch import touch_leads
from leads.identity.keys import USER_ID, Key
from leads.identity.locks import Locked, MoreToLock, lock_identifiers
from leads.identity.recognise import Recognised, recognise
from leads.identity.resolve import Evidence, is_settled
from leads.intake.inbound import InboundEvent, Rejection
from leads.intake.single_event import is_single, take_in_single
from leads.intake.traits import (
    UnknownCompanies,
    contact_updates,
    keep_companies,
    traits_by_message,
    updates_of,
    updates_of_visits,
    withdrawn_consents,
)
from leads.models import Lead, Source
from leads.people.organizations import CompanyUpdate
from leads.people.profile import update_profiles
from leads.people.search import refresh_search
from leads.people.traits import KINDS_WITH_TRAITS
from leads.rows import is_postgresql

# A batch is retried after a race about the same people; more than a few retries are a bug.
ATTEMPTS = 20
# Below this size repetitions are checked first: small batches come from channels that often repeat events.
MANY = 10


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of a batch. lead_ids: leads with new events; created: new leads."""

    stored: int
    lead_ids: Sequence[int]
    created: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Known:
    """What earlier attempts of a batch found out.

    may_repeat: some events may be stored already. also_lock: identifiers. earlier: what visits say about companies.
    """

    may_repeat: bool
    also_lock: Collection[Key] = ()
    earlier: Sequence[CompanyUpdate] = ()


def take_in(
    source: Source, inbound: Sequence[InboundEvent], rejected: Sequence[Rejection] = (), *, now: datetime
) -> Taken:
    """Store a batch of events, and the rejected ones with their reasons, durably; return the outcome.

    An event that is stored already changes nothing. Everything is announced inside the transaction, once per batch.
    """
    if is_single(inbound, rejected) and (lead_ids := take_in_single(source, inbound[0], now=now)) is not None:
        return Taken(1, lead_ids, ())
    # Of several events with one message id the first one counts.
    events = list({event.message_id: event for event in reversed(inbound)}.values())[::-1]
    known = _Known(may_repeat=len(events) < MANY or not is_postgresql())
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _take_in(source, events, rejected, known, now)
        except MoreToLock as more:
            known = replace(known, also_lock={*known.also_lock, *more.keys})
        except UnknownCompanies as unknown:
            known = replace(known, earlier=unknown.updates)
        except SentAgain:
            known = replace(known, may_repeat=True)
        except IntegrityError:
            # An organization may have been deleted since it was found; any other error recurs on the retry.
            if attempt >= 3:
                raise
    raise OperationalError("Too many batches about the same people at the same time.")


def _take_in(
    source: Source,
    events: Sequence[InboundEvent],
    rejected: Sequence[Rejection],
    known: _Known,
    now: datetime,
) -> Taken:
    if rejected:
        record_rejections(source.pk, [(one.reason, one.body) for one in rejected], now=now)
    if not events:
        return Taken(0, (), ())
    said = traits_by_message(events)
    directory = keep_companies(events, said, earlier=known.earlier, now=now)
    colleagues = _leads_of(directory.changed)
    locked = _lock(events, known.also_lock, now)
    people = _recognise(source, events, locked, colleagues, now)
    rows = [_row(event, locked, people) for event in events]
    lead_ids = {*colleagues, *(row.lead_id for row in rows if row.lead_id is not None)}
    if len(lead_ids) > 1 or said:
        lock_leads(lead_ids)
    record = record_events if known.may_repeat else record_new_events
    new_ids = record(source.pk, rows, now=now)
    new = [row for row in rows if row.message_id in new_ids]
    if any(row.kind == UNSUBSCRIBED for row in new):
        record_consents(withdrawn_consents((one for one in events if one.message_id in new_ids), locked.ids))
    visits = updates_of_visits(people.visits, may_miss=bool(known.earlier))
    updates = [*updates_of(new, said, directory), *visits, *contact_updates(events, people)]
    update_profiles(updates, absorbed=people.absorbed, created=people.created)
    if colleagues:
        refresh_search(colleagues)
        mark_due(colleagues, now=now)
    if people.created:
        signals.lead_created.send(sender=Lead, lead_ids=people.created, now=now)
    return Taken(len(new), touch_leads([*people.visits, *new], now=now), people.created)


def _lock(events: Sequence[InboundEvent], also: Collection[Key], now: datetime) -> Locked:
    former = {(USER_ID, event.former_id) for event in events if event.former_id}
    return lock_identifiers({key for event in events for key in event.keys}, optional={*also, *former}, now=now)


def _recognise(
    source: Source, events: Sequence[InboundEvent], locked: Locked, colleagues: Collection[int], now: datetime
) -> Recognised:
    """Decide whose the events are; if all identifiers have the same known owner, this needs no queries."""
    unsettled = [event for event in events if event.former_id or not is_settled(event.keys, locked.owners)]
    if unsettled:
        # The traits of stored events were applied before and may have been corrected since.
        stored = stored_already(source.pk, [event.message_id for event in unsettled])
        unsettled = [event for event in unsettled if event.message_id not in stored]
    if not unsettled:
        return Recognised(locked.owners)
    return recognise(
        [Evidence(event.keys, event.former_id) for event in unsettled],
        locked,
        also_leads=colleagues,
        kinds_with_traits=KINDS_WITH_TRAITS,
        now=now,
    )


def _row(event: InboundEvent, locked: Locked, people: Recognised) -> EventRow:
    key = event.keys[0]
    return EventRow(
        event.message_id,
        locked.ids[key],
        people.owners.get(key),
        event.kind,
        event.name,
        event.channel,
        event.occurred_at,
        event.properties,
        event.signal,
    )


def _leads_of(organization_ids: Collection[int]) -> list[int]:
    """Return the leads whose scores may change with these organizations."""
    if not organization_ids:
        return []
    return list(Lead.objects.current().filter(organization_id__in=organization_ids).values_list("pk", flat=True))
