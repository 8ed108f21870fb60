"""Leads that turn out to be one person, and pairs that may be."""

import pytest

from leads.intake.take_in import take_in
from leads.models import (
    DuplicateCandidate,
    Identifier,
    Lead,
    LeadSearch,
    Stage,
)
from tests.leads.intake.inbound import A1, E1, E2, LATER, P1, U1, U2, identify, inbound
from tests.make import NOON, make_lead, make_sql

pytestmark = pytest.mark.django_db


def test_two_leads_that_turn_out_to_be_one_are_merged(source, heard):
    early = [
        identify(E1, at=NOON, properties={"email": "e1@x.example", "firstName": "Ada", "city": "Ulm"}),
        inbound(E1, kind="ad_clicked", at=NOON),
    ]
    take_in(source, early, now=NOON)
    take_in(source, [identify(U1, at=LATER, properties={"firstName": "A.", "plan": "pro"})], now=LATER)
    older, younger = Lead.objects.order_by("pk")
    heard.clear()

    take_in(source, [inbound(U1, E1, at=LATER)], now=LATER)

    younger.refresh_from_db()
    older.refresh_from_db()
    assert younger.merged_into == older
    assert (older.email, older.first_name, older.source) == ("e1@x.example", "A.", "ad")
    assert older.attributes == {"city": "Ulm", "plan": "pro"}
    assert older.events.count() == 4
    assert set(Identifier.objects.values_list("lead", flat=True)) == {older.pk}
    assert list(LeadSearch.objects.values_list("lead", "text")) == [(older.pk, "a. e1@x.example")]
    assert younger.score_due_at is None
    assert older.score_due_at == LATER
    assert ("leads_merged", {"survivor_id": older.pk, "absorbed_id": younger.pk}) in heard


def test_a_lead_waiting_in_the_queue_survives_and_keeps_its_place(source):
    take_in(source, [inbound(U1)], now=NOON)
    waiting = make_sql("e1@x.example")

    take_in(source, [inbound(U1, E1)], now=NOON)

    assert list(Lead.objects.awaiting_claim()) == [waiting]
    assert waiting.events.count() == 2


def test_old_ids_resolve_to_the_last_survivor(source):
    take_in(source, [inbound(U1), inbound(E1, P1)], now=NOON)
    take_in(source, [inbound(("email", "e3@x.example"))], now=NOON)
    take_in(source, [inbound(U1, E1)], now=NOON)
    take_in(source, [inbound(U1, ("email", "e3@x.example"))], now=NOON)

    survivor = Lead.objects.current().get()
    assert set(Lead.objects.exclude(pk=survivor.pk).values_list("merged_into", flat=True)) == {survivor.pk}


def test_what_contradicts_is_a_possible_duplicate_once(source):
    take_in(source, [inbound(U1, E1)], now=NOON)
    take_in(source, [inbound(U2, E1)], now=NOON)
    take_in(source, [inbound(U2, E1)], now=NOON)

    pair = DuplicateCandidate.objects.get()
    assert pair.first_id < pair.second_id
    assert pair.reason == "They share an e-mail address, but each has a user id of its own."
    assert [lead.events.count() for lead in (pair.first, pair.second)] == [1, 2]


def test_a_pair_follows_a_merge_and_goes_with_it(source):
    take_in(source, [inbound(E1, A1), inbound(E2, A1)], now=NOON)
    assert DuplicateCandidate.objects.count() == 1

    take_in(source, [inbound(U1, E1), inbound(U1, E2)], now=NOON)

    assert Lead.objects.current().count() == 1
    assert not DuplicateCandidate.objects.exists()


def test_claimed_leads_are_not_merged_by_a_machine(source, sales):
    fields = {"stage": Stage.CLAIMED, "owner": sales, "claimed_at": NOON}
    make_lead("e1@x.example", **fields)
    take_in(source, [inbound(U1)], now=NOON)
    Lead.objects.filter(identifiers__value="u1").update(**fields)

    take_in(source, [inbound(U1, E1)], now=NOON)

    assert Lead.objects.current().count() == 2
    assert DuplicateCandidate.objects.count() == 1


def test_an_alias_joins_a_browser_to_a_user(source):
    take_in(source, [inbound(A1)], now=NOON)

    take_in(source, [inbound(U1, A1, kind="aliased", former_id="a1")], now=NOON)

    assert Lead.objects.get().events.count() == 2


def test_an_alias_of_a_user_by_another_is_left_to_a_person(source):
    take_in(source, [inbound(U1), inbound(U2)], now=NOON)

    take_in(source, [inbound(U1, ("anonymous_id", "u2"), kind="aliased", former_id="u2")], now=NOON)

    assert Lead.objects.current().count() == 2
    assert DuplicateCandidate.objects.count() == 1
