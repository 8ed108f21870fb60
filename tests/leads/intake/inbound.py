"""Events as a channel would hand them to intake."""

from itertools import count

from leads.events.catalog import channel_of
from leads.intake.inbound import InboundEvent
from tests.make import NOON

_numbers = count(1)


def inbound(*keys, kind="page_viewed", at=NOON, message_id="", properties=None, **fields):
    return InboundEvent(
        message_id=message_id or f"inbound-{next(_numbers)}",
        kind=kind,
        name=kind,
        channel=channel_of(kind),
        occurred_at=at,
        keys=keys,
        properties=properties or {},
        **fields,
    )
