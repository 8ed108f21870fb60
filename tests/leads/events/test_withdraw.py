"""Take back an event: the lead knows afterwards what it would know had the event never been."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.events.withdraw import withdraw_event
from leads.identity.keys import EMAIL
from leads.intake.take_in import take_in
from leads.models import Event, Lead
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_event, make_lead, make_source

KNOWN = ("last_event_at", "last_event_kind", "source", "attribute_times")
KINDS = ("call_received", "page_viewed", "identified")


def told(message_id, kind, hours):
    return inbound((EMAIL, "ada@halden.com"), message_id=message_id, kind=kind, at=NOON - timedelta(hours=hours))


@pytest.mark.django_db
@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 4)), max_size=5), st.integers(0, 4))
def test_the_lead_is_as_if_the_event_had_never_been(others, hours):
    with transaction.atomic():
        source = make_source("Calls")
        take_in(source, [told("first", "identified", 9)], now=NOON)
        for number, (kind, ago) in enumerate(others):
            take_in(source, [told(f"m{number}", kind, ago)], now=NOON)
        without = Lead.objects.values(*KNOWN).get()
        take_in(source, [told("mistake", "call_received", hours)], now=NOON)

        withdraw_event(Event.objects.get(message_id="mistake"), now=NOON)

        known = Lead.objects.values(*KNOWN).get()
        transaction.set_rollback(True)
    assert known == without


@pytest.mark.django_db
def test_the_lead_is_due_again():
    lead = make_lead(score_due_at=None)
    event = make_event(lead, "call_received")

    assert withdraw_event(event, now=NOON)

    lead.refresh_from_db()
    assert (lead.score_due_at, lead.facts_version) == (NOON, 1)
    assert (lead.last_event_at, lead.last_event_kind) == (lead.created_at, "")


@pytest.mark.django_db
def test_what_is_gone_is_not_taken_back_again():
    event = make_event(make_lead(), "call_received")
    again = Event.objects.get(pk=event.pk)

    assert withdraw_event(event, now=NOON)
    assert not withdraw_event(again, now=NOON)
