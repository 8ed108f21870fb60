"""The health of connectors: last delivery, failures within a day, waiting deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Subquery

from leads.models import Connector, Delivery, DeliveryState

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """failed: within 24 hours. waiting: to be processed, some after their content is fetched."""

    last_at: datetime | None
    failed: int
    waiting: int
    was_refused: bool


def health_of(connectors: Sequence[Connector], *, now: datetime) -> dict[int, Health]:
    """Return the health of connectors by id, in two queries."""
    ids = [connector.pk for connector in connectors]
    latest = Delivery.objects.filter(connector=OuterRef("pk")).order_by("-id").values("received_at")[:1]
    last_at = dict(Connector.objects.filter(pk__in=ids).values_list("pk").annotate(last_at=Subquery(latest)))
    counted = _counts(ids, since=now - DAY)
    return {
        connector.pk: Health(
            last_at=last_at.get(connector.pk),
            failed=counted.get((connector.pk, DeliveryState.FAILED), 0),
            waiting=counted.get((connector.pk, DeliveryState.WAITING), 0)
            + counted.get((connector.pk, DeliveryState.PENDING), 0),
            was_refused=bool(connector.refused_at and connector.refused_at > now - DAY),
        )
        for connector in connectors
    }


def _counts(ids: Sequence[int], *, since: datetime) -> dict[tuple[int, str], int]:
    states = (DeliveryState.FAILED, DeliveryState.WAITING, DeliveryState.PENDING)
    rows = Delivery.objects.filter(connector__in=ids, state__in=states, received_at__gte=since)
    counts = rows.values_list("connector", "state").annotate(count=Count("pk")).order_by()
    return {(connector, state): count for connector, state, count in counts}
