"""What a batch leaves behind: events once, leads, their attributes; whatever the order of arrival."""

import pytest

from leads.intake.inbound import Rejection
from leads.intake.take_in import take_in
from leads.models import (
    Event,
    Lead,
    RejectedEvent,
)
from tests.leads.intake.inbound import A1, A2, E1, E2, LATER, U1, U2, identify, inbound
from tests.make import NOON, make_lead, make_source

pytestmark = pytest.mark.django_db


def test_a_bare_visit_is_stored_and_makes_no_lead(source, heard):
    taken = take_in(source, [inbound(A1)], now=NOON)

    assert taken.stored == 1
    assert Event.objects.get().lead is None
    assert not Lead.objects.exists()
    assert heard == []


def test_the_earlier_visits_of_a_browser_become_the_leads(source):
    take_in(source, [inbound(A1, kind="ad_clicked"), inbound(A2)], now=NOON)

    take_in(source, [inbound(E1, A1, at=LATER)], now=LATER)

    lead = Lead.objects.get()
    assert lead.events.count() == 2
    assert lead.source == "ad"
    assert Event.objects.get(lead=None).identifier.value == "a2"


def test_a_visit_in_a_browser_that_is_a_leads_is_that_leads(source, heard):
    take_in(source, [inbound(U1, A1)], now=NOON)
    lead = Lead.objects.get()
    heard.clear()

    taken = take_in(source, [inbound(A1)], now=NOON)

    assert (taken.stored, taken.lead_ids) == (1, [lead.pk])
    assert lead.events.count() == 2
    assert heard == [("events_recorded", {"lead_ids": [lead.pk]})]


def test_what_a_visitor_said_counts_once_somebody_is_known(source):
    properties = {"firstName": "Ada", "company": {"name": "Acme", "employee_count": 12}}
    take_in(source, [identify(A1, properties=properties)], now=NOON)

    take_in(source, [inbound(U1, A1, at=LATER)], now=LATER)

    lead = Lead.objects.get()
    assert lead.first_name == "Ada"
    assert lead.organization.employee_count == 12
    assert lead.search.text == "ada acme"


def test_an_event_sent_twice_is_stored_once_and_changes_nothing(source, heard):
    event = inbound(U1, message_id="m-1")
    take_in(source, [event, event], now=NOON)
    before = Lead.objects.values().get()
    heard.clear()

    taken = take_in(source, [event], now=LATER)

    assert taken.stored == 0
    assert Event.objects.count() == 1
    assert Lead.objects.values().get() == before
    assert heard == []


def test_a_message_id_that_is_taken_identifies_nobody_else(source):
    take_in(source, [inbound(U1, message_id="m-1")], now=NOON)

    take_in(source, [inbound(U2, E2, message_id="m-1")], now=LATER)

    assert Lead.objects.count() == 1
    assert Event.objects.count() == 1


def test_two_sources_may_use_one_message_id(source):
    take_in(source, [inbound(U1, message_id="m-1")], now=NOON)
    take_in(make_source("App"), [inbound(U1, message_id="m-1")], now=NOON)

    assert Event.objects.count() == 2


def test_a_batch_is_announced_once_with_all_its_leads(source, heard):
    take_in(source, [inbound(U1), inbound(U2), inbound(U1)], now=NOON)

    ids = sorted(Lead.objects.values_list("pk", flat=True))
    assert heard == [("lead_created", {"lead_ids": ids}), ("events_recorded", {"lead_ids": ids})]


def test_every_new_event_makes_its_lead_due_and_counts_a_change_of_facts(source):
    take_in(source, [inbound(U1)], now=NOON)
    Lead.objects.update(score_due_at=None)
    before = Lead.objects.get().facts_version

    take_in(source, [inbound(U1)], now=LATER)

    lead = Lead.objects.get()
    assert lead.score_due_at == LATER
    assert lead.facts_version == before + 1


def test_the_latest_event_is_the_last_activity_however_it_arrives(source):
    take_in(source, [inbound(U1, kind="ebook_downloaded", at=LATER)], now=LATER)
    take_in(source, [inbound(U1, kind="ad_clicked", at=NOON)], now=LATER)

    lead = Lead.objects.get()
    assert (lead.last_event_at, lead.last_event_kind) == (LATER, "ebook_downloaded")
    assert lead.source == "ad"


def test_saying_who_one_is_is_no_activity(source):
    take_in(source, [identify(U1, at=NOON)], now=NOON)

    lead = Lead.objects.get()
    assert (lead.last_event_kind, lead.source) == ("", "")


def test_a_source_given_by_hand_is_kept(source):
    lead = make_lead("e1@x.example", source="fair")

    take_in(source, [inbound(E1, kind="ad_clicked")], now=NOON)

    lead.refresh_from_db()
    assert lead.source == "fair"


def test_the_later_word_counts_however_it_arrives(source):
    new = identify(U1, at=LATER, properties={"title": "CTO", "plan": "pro", "score": None})
    old = identify(U1, at=NOON, properties={"title": "Engineer", "plan": "free", "score": 7, "city": "Ulm"})

    take_in(source, [new], now=LATER)
    take_in(source, [old], now=LATER)

    lead = Lead.objects.get()
    assert lead.title == "CTO"
    assert lead.attributes == {"plan": "pro", "city": "Ulm"}


def test_what_is_no_address_is_kept_beside_the_column(source):
    properties = {"email": "not an address", "phone": "0731 1234", "firstName": {"odd": 1}}
    take_in(source, [identify(U1, properties=properties)], now=NOON)

    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.first_name) == ("", "", "")
    assert lead.attributes == {"email": "not an address", "phone": "0731 1234", "first_name": {"odd": 1}}


def test_rejected_events_are_kept_with_their_reason(source):
    take_in(source, [], [Rejection("An event needs a userId or an anonymousId.", "{}" * 30_000)], now=NOON)

    rejected = RejectedEvent.objects.get()
    assert rejected.reason == "An event needs a userId or an anonymousId."
    assert len(rejected.body) == 32_768
