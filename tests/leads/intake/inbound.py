"""Events as a channel would hand them to intake."""

from datetime import timedelta
from itertools import count

from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.events.catalog import channel_of
from leads.intake.inbound import InboundEvent
from leads.intake.take_in import take_in
from tests.make import NOON

U1, U2 = ("user_id", "u1"), ("user_id", "u2")
E1, E2 = ("email", "e1@x.example"), ("email", "e2@x.example")
P1 = ("phone", "+15005550006")
A1, A2 = ("anonymous_id", "a1"), ("anonymous_id", "a2")
LATER = NOON + timedelta(hours=1)

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


def identify(*keys, **fields):
    return inbound(*keys, kind="identified", **fields)


def count_statements(source, events, rejected=()):
    with CaptureQueriesContext(connection) as captured:
        take_in(source, events, rejected, now=LATER)
    return len(captured)
