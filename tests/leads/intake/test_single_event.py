"""The fast path: one event of somebody known."""

import pytest
from django.db import connection

from leads.intake.take_in import take_in
from leads.models import (
    Event,
    Lead,
)
from tests.leads.intake.inbound import A1, E1, LATER, U1, count_statements, inbound
from tests.make import NOON

pytestmark = pytest.mark.django_db


def test_a_visit_of_a_visitor_seen_before_takes_one_statement(source, heard):
    take_in(source, [inbound(A1)], now=NOON)
    visit = inbound(A1, kind="ad_clicked", properties={"path": "/pricing"}, signal="bot_agent")

    assert count_statements(source, [visit]) == 1
    assert take_in(source, [visit], now=NOON).stored == 0
    stored = Event.objects.get(message_id=visit.message_id)
    assert (stored.kind, stored.name, stored.channel, stored.signal) == ("ad_clicked", "ad_clicked", "ad", "bot_agent")
    assert (stored.properties, stored.occurred_at, stored.received_at) == ({"path": "/pricing"}, NOON, LATER)
    assert (stored.identifier.value, stored.lead, stored.source) == ("a1", None, source)
    assert heard == []


@pytest.mark.parametrize("keys", [(U1,), (U1, E1), (U1, E1, A1)])
def test_a_lone_event_of_a_known_lead_takes_postgresql_one_statement(source, heard, keys):
    take_in(source, [inbound(U1, E1, A1)], now=NOON)
    lead = Lead.objects.get()
    Lead.objects.update(score_due_at=None)
    heard.clear()
    event = inbound(*keys, kind="ad_clicked", at=LATER, properties={"utm_source": "x"}, signal="bot_agent")

    statements = count_statements(source, [event])

    transaction = 2
    assert statements == (1 if connection.vendor == "postgresql" else 3) + transaction
    stored = Event.objects.get(message_id=event.message_id)
    assert (stored.lead, stored.identifier.value, stored.source) == (lead, keys[0][1], source)
    assert (stored.kind, stored.name, stored.channel, stored.signal) == ("ad_clicked", "ad_clicked", "ad", "bot_agent")
    assert (stored.properties, stored.occurred_at, stored.received_at) == ({"utm_source": "x"}, LATER, LATER)
    assert heard == [("events_recorded", {"lead_ids": [lead.pk]})]
    before, lead = lead, Lead.objects.get()
    assert (lead.last_event_at, lead.last_event_kind, lead.source) == (LATER, "ad_clicked", "content")
    assert (lead.score_due_at, lead.facts_version) == (LATER, before.facts_version + 1)


def test_a_lone_event_that_joins_two_leads_is_no_known_leads(source):
    take_in(source, [inbound(U1), inbound(E1)], now=NOON)

    take_in(source, [inbound(U1, E1)], now=LATER)

    assert Lead.objects.current().get().events.count() == 3


def test_lone_events_are_taken_in_without_prepared_statements_too(source, settings):
    settings.PREPARED_STATEMENTS = False
    take_in(source, [inbound(U1), inbound(A1)], now=NOON)

    assert take_in(source, [inbound(U1)], now=LATER).stored == 1
    assert take_in(source, [inbound(A1)], now=LATER).stored == 1
    assert Lead.objects.get().events.count() == 2
