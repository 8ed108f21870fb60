"""Merging two leads by hand: who survives, whose values count, what goes along."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.errors import InvalidValue, MergeRefused
from leads.intake.take_in import take_in
from leads.merging.merge import merge_leads
from leads.merging.outcome import usual_survivor
from leads.models import AuditEntry, DuplicateCandidate, Event, Identifier, Lead, LeadSearch, Merge, Stage
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_event, make_lead, make_organization, make_source, make_sql

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_the_survivor_takes_identifiers_and_events(marketer):
    survivor, absorbed = make_lead("a@x.example"), make_lead("b@x.example")
    event = make_event(absorbed)

    merge = merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)

    assert set(Identifier.objects.values_list("lead_id", flat=True)) == {survivor.pk}
    assert Event.objects.get(pk=event.pk).lead_id == survivor.pk
    absorbed.refresh_from_db()
    assert absorbed.merged_into == survivor
    assert (merge.reason, merge.merged_by, merge.merged_at) == ("Mia Marker merged them.", marketer, NOON)
    assert AuditEntry.objects.get(action="leads merged").subject == f"lead {absorbed.pk} into lead {survivor.pk}"


def test_both_are_scored_as_one_from_now_on(marketer):
    survivor, absorbed = make_lead(), make_lead(score_due_at=NOON)

    merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)

    assert list(Lead.objects.due_for_scoring(NOON)) == [survivor]
    assert Lead.objects.get(pk=survivor.pk).facts_version > 0
    assert not LeadSearch.objects.filter(lead=absorbed).exists()


def test_what_only_one_knows_is_known_and_the_survivor_wins_a_tie(marketer):
    survivor = make_lead("a@x.example", first_name="Maja", attributes={"plan": "pro"})
    absorbed = make_lead("b@x.example", first_name="Maya", last_name="Lind", attributes={"plan": "free", "seats": 4})

    merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)

    survivor.refresh_from_db()
    assert (survivor.first_name, survivor.last_name, survivor.email) == ("Maja", "Lind", "a@x.example")
    assert survivor.attributes == {"plan": "pro", "seats": 4}
    assert survivor.search.text == "maja lind a@x.example"


def test_a_person_chooses_whose_values_count(marketer):
    company = make_organization("Halden")
    survivor = make_lead("a@x.example", first_name="Maja", title="CEO", attributes={"plan": "pro"})
    absorbed = make_lead("b@x.example", first_name="Maya", organization=company, attributes={"plan": "free"})
    choices = {"first_name": "absorbed", "attributes.plan": "absorbed", "organization": "survivor", "title": "absorbed"}

    merge_leads(survivor.pk, absorbed.pk, choices=choices, by=marketer, now=NOON)

    survivor.refresh_from_db()
    assert (survivor.first_name, survivor.attributes, survivor.organization, survivor.title) == (
        "Maya",
        {"plan": "free"},
        None,
        "",
    )


def test_what_was_chosen_counts_until_somebody_says_something_later(marketer):
    source = make_source()
    take_in(source, [said("a@x.example", "Maja", NOON - HOUR), said("b@x.example", "Maya", NOON - MINUTE)], now=NOON)
    survivor, absorbed = Lead.objects.order_by("pk")
    merge_leads(survivor.pk, absorbed.pk, choices={"first_name": "survivor"}, by=marketer, now=NOON)

    take_in(source, [said("a@x.example", "Maia", NOON - MINUTE / 2)], now=NOON)
    survivor.refresh_from_db()
    assert survivor.first_name == "Maja"

    take_in(source, [said("b@x.example", "May", NOON + HOUR)], now=NOON)
    survivor.refresh_from_db()
    assert survivor.first_name == "May"


def said(email, name, at):
    return inbound(("email", email), kind="identified", at=at, properties={"firstName": name})


def test_a_claimed_lead_is_never_absorbed_by_one_that_is_not(marketer, sales):
    claimed = make_lead(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON, first_name="Ada")
    other = make_sql()

    with pytest.raises(MergeRefused, match="Ada is claimed and so must be the one that stays"):
        merge_leads(other.pk, claimed.pk, by=marketer, now=NOON)

    assert not Merge.objects.exists()
    assert not Lead.objects.exclude(merged_into=None).exists()


def test_a_lead_is_not_merged_with_itself_nor_with_one_that_is_gone(marketer):
    lead, other, third = make_lead(), make_lead(), make_lead()
    merge_leads(lead.pk, other.pk, by=marketer, now=NOON)

    with pytest.raises(MergeRefused, match="with itself"):
        merge_leads(lead.pk, lead.pk, by=marketer, now=NOON)
    with pytest.raises(MergeRefused, match=f"Lead {other.pk} was merged into lead {lead.pk} already"):
        merge_leads(third.pk, other.pk, by=marketer, now=NOON)
    with pytest.raises(MergeRefused, match="There is no lead 999999"):
        merge_leads(third.pk, 999999, by=marketer, now=NOON)


@pytest.mark.parametrize("choices", [{"score": "survivor"}, {"first_name": "both"}, {"attributes.nothing": "survivor"}])
def test_a_choice_that_is_none_is_refused_by_name(marketer, choices):
    one, other = make_lead(), make_lead()

    with pytest.raises(InvalidValue, match=next(iter(choices))):
        merge_leads(one.pk, other.pk, choices=choices, by=marketer, now=NOON)

    assert not Merge.objects.exists()


def test_the_one_further_on_survives_usually_and_of_two_alike_the_older():
    new, sql, disqualified = make_lead(), make_sql(), make_lead(stage=Stage.DISQUALIFIED)
    older = make_lead(created_at=NOON.replace(year=2025))

    assert usual_survivor(new, sql) == sql
    assert usual_survivor(disqualified, sql) == disqualified
    assert usual_survivor(new, older) == older
    assert usual_survivor(older, new) == older


def test_pairs_go_along_and_keep_what_was_decided(marketer):
    survivor, absorbed, third, fourth = (make_lead() for _ in range(4))
    note(survivor, absorbed, reason="Same name.")
    note(absorbed, third, reason="Same phone number.", dismissed_at=NOON)
    note(survivor, fourth, reason="Its own.")
    note(absorbed, fourth, reason="That of the other.")

    merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)

    assert set(DuplicateCandidate.objects.values_list("first_id", "second_id", "reason", "dismissed_at")) == {
        (survivor.pk, third.pk, "Same phone number.", NOON),
        (survivor.pk, fourth.pk, "Its own.", None),
    }


def note(one, other, **fields):
    return DuplicateCandidate.objects.create(first=one, second=other, created_at=NOON, **fields)


def test_a_busy_lead_takes_as_many_statements_as_a_quiet_one(marketer):
    quiet, also_quiet, busy, also_busy = (make_lead() for _ in range(4))
    for lead in (busy, also_busy):
        for number in range(20):
            make_event(lead)
            note(lead, make_lead(), reason=f"Number {number}")

    with CaptureQueriesContext(connection) as few:
        merge_leads(quiet.pk, also_quiet.pk, by=marketer, now=NOON)
    with CaptureQueriesContext(connection) as many:
        merge_leads(busy.pk, also_busy.pk, by=marketer, now=NOON)

    # The pairs of the busy one are deleted and made anew, which the quiet one needs no statement for.
    assert len(many) <= len(few) + 3
