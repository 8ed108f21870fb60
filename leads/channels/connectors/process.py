"""Process stored deliveries: parse, fetch missing content, store the events, and record the outcome.

A worker first moves a delivery's due time ahead by a lease, in one conditional update. So two workers never fetch the
same delivery at once, and a dead worker's delivery becomes due again. Events and outcome are one transaction.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from leads.channels.connectors.fetch import client_of
from leads.channels.connectors.incoming import Made, Malformed, Nothing, Outcome, Sent, ToFetch, Trial, Unfetched
from leads.channels.connectors.provider import Provider
from leads.channels.connectors.registry import provider_of
from leads.events.catalog import label_of
from leads.intake.inbound import InboundEvent
from leads.intake.take_in import take_in
from leads.models import Connector, Delivery, DeliveryState, Event
from leads.secrets import SecretsUnreadable, unseal

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
# Seconds before each retry of a delivery; two days in total.
RETRIES = (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400)
FORGOTTEN_AT_ONCE = 5_000

Clock = Callable[[], datetime]


def process(delivery_id: int, *, clock: Clock, may_fetch: bool = True) -> None:
    """Process one delivery if it is due. may_fetch: False leaves it pending rather than wait for a vendor's API."""
    now = clock()
    delivery = _claim(delivery_id, now)
    if delivery is None:
        return
    try:
        outcome = _read(delivery, now)
        if isinstance(outcome, ToFetch) and not delivery.is_trial:
            if not may_fetch:
                _set(delivery, state=DeliveryState.PENDING, due_at=now)
                return
            outcome = _fetch(delivery, outcome, now)
        _finish(delivery, outcome, clock())
    except Malformed as error:
        _close(delivery, DeliveryState.FAILED, str(error), clock())
    except (Unfetched, SecretsUnreadable) as error:
        _postpone(delivery, str(error), clock(), is_final=getattr(error, "is_final", False))
    except Exception:
        # The database is down, or the program has a bug. The delivery is stored and will be tried again.
        logger.exception("Delivery %s could not be processed and will be tried again.", delivery.pk)
        _postpone(delivery, "An error of our own; the log says more.", clock())


def process_due(*, clock: Clock, grace: timedelta = timedelta(0), most: int = 500) -> None:
    """Process what has been due for longer than `grace`, left behind by a lost task or a dead worker."""
    due = Delivery.objects.due(clock() - grace).values_list("pk", flat=True)[:most]
    for delivery_id in list(due):
        process(delivery_id, clock=clock)


def forget_old(*, now: datetime) -> None:
    """Delete finished deliveries that are older than DELIVERY_RETENTION_DAYS: they hold personal data."""
    oldest = now - timedelta(days=settings.DELIVERY_RETENTION_DAYS)
    old = Delivery.objects.filter(received_at__lt=oldest, due_at=None).order_by("received_at")
    while ids := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        Delivery.objects.filter(pk__in=ids).delete()


def sent_of(delivery: Delivery) -> Sent:
    """Return a delivery in the form that providers parse."""
    connector = delivery.connector
    return Sent(bytes(delivery.body), delivery.headers, connector.settings, str(connector.pk))


def in_words(events: Sequence[InboundEvent]) -> str:
    """Describe events and whom they are about: “Booked a meeting” for mia@example.com."""
    told = next((event for event in reversed(events) if event.kind != "identified"), events[-1])
    return f"“{label_of(told.kind, told.name)}” for {told.keys[0][1]}"


def _claim(delivery_id: int, now: datetime) -> Delivery | None:
    delivery = Delivery.objects.select_related("connector__source").filter(pk=delivery_id, due_at__lte=now).first()
    if delivery is None:
        return None
    won = Delivery.objects.filter(pk=delivery_id, due_at=delivery.due_at).update(due_at=now + LEASE)
    return delivery if won else None


def _provider(connector: Connector) -> Provider:
    provider = provider_of(connector.provider)
    if provider is None:
        raise Malformed(f"This version knows no provider {connector.provider}.")
    return provider


def _read(delivery: Delivery, now: datetime) -> Outcome:
    return _provider(delivery.connector).read(sent_of(delivery), now=now)


def _fetch(delivery: Delivery, wanted: ToFetch, now: datetime) -> Outcome:
    _set(delivery, state=DeliveryState.PENDING)
    connector = delivery.connector
    content = client_of(connector.provider, unseal(connector.sealed_secrets)).fetch(wanted.reference)
    return _provider(connector).read_fetched(sent_of(delivery), content, now=now)


def _finish(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    if delivery.is_trial:
        _close(delivery, DeliveryState.TEST, _would(outcome), now)
    elif isinstance(outcome, Nothing):
        _close(delivery, DeliveryState.IGNORED, outcome.reason, now)
    elif isinstance(outcome, Trial):
        _close(delivery, DeliveryState.TEST, outcome.reason, now)
    elif isinstance(outcome, Made):
        _take_in(delivery, outcome.events, now)


def _would(outcome: Outcome) -> str:
    """Describe what a test would have created."""
    if isinstance(outcome, Made):
        return f"A test: it would make {in_words(outcome.events)}." if outcome.events else "A test: it tells of nobody."
    if isinstance(outcome, ToFetch):
        return "A test: the lead's content would now be fetched."
    return f"A test: {outcome.reason}"


@transaction.atomic
def _take_in(delivery: Delivery, events: Sequence[InboundEvent], now: datetime) -> None:
    # Another worker may have finished it after the lease expired.
    if not Delivery.objects.select_for_update().filter(pk=delivery.pk, due_at__isnull=False).exists():
        return
    source = delivery.connector.source
    taken = take_in(source, events, now=now)
    told = Event.objects.filter(source=source, message_id=events[-1].message_id) if events else Event.objects.none()
    lead_id = told.values_list("lead_id", flat=True).first()
    if not taken.stored:
        reason = "Known already: it tells of nothing new."
    elif lead_id is None:
        reason = "Kept for a visitor: it counts once somebody is known behind the vendor's id."
    else:
        reason = f"{in_words(events)}."
    _close(delivery, DeliveryState.PROCESSED, reason, now, events_made=taken.stored, lead_id=lead_id)


def _postpone(delivery: Delivery, reason: str, now: datetime, *, is_final: bool = False) -> None:
    if is_final or delivery.attempts >= len(RETRIES):
        _close(delivery, DeliveryState.FAILED, reason, now)
        return
    wait = timedelta(seconds=RETRIES[delivery.attempts])
    _set(delivery, attempts=delivery.attempts + 1, reason=_shown(reason), due_at=now + wait)


def _close(delivery: Delivery, state: DeliveryState, reason: str, now: datetime, **fields: object) -> None:
    attempts = delivery.attempts + 1
    _set(delivery, state=state, reason=_shown(reason), attempts=attempts, due_at=None, finished_at=now, **fields)


def _shown(reason: str) -> str:
    """Return a reason for the log, without NUL; it may quote the delivery."""
    return reason.replace("\x00", "")[:300]


def _set(delivery: Delivery, **fields: object) -> None:
    """Change a delivery that is not finished."""
    Delivery.objects.filter(pk=delivery.pk, due_at__isnull=False).update(**fields)
