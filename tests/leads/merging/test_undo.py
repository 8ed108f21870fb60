"""Undoing a merge: both are as they were, and what came in since goes to whom it belongs."""

from datetime import timedelta

import pytest

from leads.errors import AlreadyClaimed, MergeRefused, NotOwner
from leads.handoff.claim import claim_lead
from leads.handoff.release import release_lead
from leads.identity.duplicates import note_duplicates
from leads.identity.resolve import Doubt
from leads.intake.take_in import take_in
from leads.merging.merge import merge_leads
from leads.merging.undo import undo_merge
from leads.models import DuplicateCandidate, Event, Identifier, Lead, Merge, Stage, StageChange
from leads.people.edit import edit_lead
from tests.leads.intake.inbound import inbound
from tests.leads.merging.state import pairs, whole_state
from tests.make import NOON, make_event, make_lead, make_organization, make_source, make_sql

pytestmark = pytest.mark.django_db
NAMES = ("", "Two", "Three")
LATER = NOON + timedelta(hours=1)
EMAIL_A, EMAIL_B, BROWSER_B = ("email", "a@x.example"), ("email", "b@x.example"), ("anonymous_id", "b")
USER_A, PHONE_B, OTHER_EMAIL_A = ("user_id", "a"), ("phone", "+15005550002"), ("email", "a2@x.example")


def test_everything_is_as_it_was(marketer, sales):
    survivor = make_sql("a@x.example", first_name="Maja", attributes={"plan": "pro"})
    absorbed = make_lead(
        "b@x.example", last_name="Lind", stage=Stage.MQL, owner=sales, organization=make_organization()
    )
    third = make_lead()
    StageChange.objects.create(lead=absorbed, from_stage="new", to_stage="mql", reason="Trial", changed_at=NOON)
    for lead in (survivor, absorbed):
        make_event(lead)
    note_duplicates({(absorbed.pk, third.pk): Doubt("Same name.", 80)}, now=NOON)
    before, pairs_before = whole_state(), pairs()

    merge = merge_leads(survivor.pk, absorbed.pk, choices={"first_name": "absorbed"}, by=marketer, now=NOON)
    assert whole_state() != before
    undo_merge(merge.pk, by=marketer, now=LATER)

    assert whole_state() == before
    kept_apart = ("They were merged once. Mia Marker merged them.", 50, "identifiers", LATER, marketer.pk)
    assert pairs() == pairs_before | {(survivor.pk, absorbed.pk, *kept_apart)}
    assert set(Lead.objects.due_for_scoring(LATER)) == {survivor, absorbed}
    merge.refresh_from_db()
    assert (merge.undone_at, merge.undone_by) == (LATER, marketer)


def test_it_is_undone_once(marketer):
    merge = merge_leads(make_lead().pk, make_lead().pk, by=marketer, now=NOON)
    undo_merge(merge.pk, by=marketer, now=NOON)

    with pytest.raises(MergeRefused, match="undone already"):
        undo_merge(merge.pk, by=marketer, now=NOON)
    with pytest.raises(MergeRefused, match="There is no merge 999999"):
        undo_merge(999999, by=marketer, now=NOON)


def known(*events):
    take_in(make_source(), list(events), now=NOON)


def lead_of(key):
    return Identifier.objects.get(kind=key[0], value=key[1]).lead


def merged_people(marketer):
    known(inbound(EMAIL_A), inbound(EMAIL_B))
    return merge_leads(lead_of(EMAIL_A).pk, lead_of(EMAIL_B).pk, by=marketer, now=NOON)


def test_what_came_in_since_goes_to_whom_it_belongs(marketer):
    merge = merged_people(marketer)
    known(
        inbound(EMAIL_A, kind="trial_started", message_id="of-a", at=LATER),
        inbound(EMAIL_B, kind="identified", message_id="of-b", properties={"firstName": "Bo", "plan": "pro"}),
        inbound(EMAIL_A, kind="identified", message_id="also-a", properties={"firstName": "Anna"}, at=LATER),
    )

    undo_merge(merge.pk, by=marketer, now=LATER)

    of_a, of_b = lead_of(EMAIL_A), lead_of(EMAIL_B)
    assert of_a != of_b
    assert Event.objects.get(message_id="of-a").lead == of_a
    assert Event.objects.get(message_id="of-b").lead == of_b
    assert (of_a.first_name, of_a.attributes, of_a.last_event_kind) == ("Anna", {}, "trial_started")
    assert (of_b.first_name, of_b.attributes, of_b.last_event_kind) == ("Bo", {"plan": "pro"}, "page_viewed")


def test_an_identifier_that_came_since_goes_with_the_one_it_came_with(marketer):
    known(inbound(BROWSER_B, message_id="visit"))
    merge = merged_people(marketer)
    known(
        inbound(EMAIL_B, ("phone", "+15005550002"), message_id="call"), inbound(EMAIL_B, BROWSER_B, message_id="here")
    )
    known(
        inbound(USER_A, EMAIL_A, message_id="signed-in"), inbound(USER_A, ("email", "a2@x.example"), message_id="more")
    )

    undo_merge(merge.pk, by=marketer, now=LATER)

    of_a, of_b = lead_of(EMAIL_A), lead_of(EMAIL_B)
    assert {lead_of(PHONE_B), lead_of(BROWSER_B)} == {of_b}
    assert {lead_of(USER_A), lead_of(OTHER_EMAIL_A)} == {of_a}
    assert of_b.phone == PHONE_B[1]
    assert of_a.phone == ""
    assert Event.objects.get(message_id="visit").lead == of_b
    assert all(mine == owners for mine, owners in Event.objects.values_list("lead_id", "identifier__lead_id"))


def test_what_was_said_by_hand_since_stays_with_the_survivor(marketer):
    merge = merged_people(marketer)
    edit_lead(lead_of(EMAIL_A), {"title": "CEO", "phone": "+15005550001"}, by=marketer, now=LATER)

    undo_merge(merge.pk, by=marketer, now=LATER)

    assert (lead_of(EMAIL_A).title, lead_of(EMAIL_A).phone) == ("CEO", "+15005550001")
    assert (lead_of(EMAIL_B).title, lead_of(EMAIL_B).phone) == ("", "")


def test_old_ids_point_to_themselves_again_and_later_events_know_whose_they_are(marketer):
    merge = merged_people(marketer)
    undo_merge(merge.pk, by=marketer, now=LATER)

    known(inbound(EMAIL_B, message_id="afterwards"))

    assert Event.objects.get(message_id="afterwards").lead_id == merge.absorbed_id
    assert Lead.objects.current().count() == 2


def test_intake_never_merges_again_what_somebody_took_apart(marketer):
    known(inbound(USER_A), inbound(EMAIL_B))
    known(inbound(USER_A, EMAIL_B, message_id="both"))
    merge = Merge.objects.get()
    assert (merge.merged_by, merge.reason) == (
        None,
        "One event named both: the user id a and the e-mail address b@x.example.",
    )
    undo_merge(merge.pk, by=marketer, now=LATER)

    known(inbound(USER_A, EMAIL_B, message_id="both-again"))
    known(inbound(USER_A, BROWSER_B), inbound(EMAIL_B, BROWSER_B))

    assert Lead.objects.current().count() == 2
    assert Merge.objects.count() == 1
    assert DuplicateCandidate.objects.get().dismissed_at == LATER
    assert Event.objects.get(message_id="both-again").lead == lead_of(USER_A)


def test_a_merge_by_intake_is_undone_exactly(marketer):
    known(inbound(USER_A, kind="identified", properties={"firstName": "Anna"}), inbound(EMAIL_B, BROWSER_B))
    before = whole_state()
    # The event that joins them says nothing but that, and is the only trace that stays.
    known(inbound(USER_A, EMAIL_B, kind="identified", message_id="both"))
    merge = Merge.objects.get()

    undo_merge(merge.pk, by=marketer, now=LATER)

    after = whole_state()
    event = Event.objects.get(message_id="both")
    assert after["events"].pop(event.pk) == lead_of(USER_A).pk
    assert after == before


def test_scoring_s_moves_since_are_taken_back(marketer):
    survivor, absorbed = make_sql(stage=Stage.MQL, respond_by=None), make_lead()
    merge = merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)
    Lead.objects.filter(pk=survivor.pk).update(stage=Stage.SQL, stage_changed_at=LATER, respond_by=LATER)
    StageChange.objects.create(lead=survivor, from_stage="mql", to_stage="sql", reason="Score", changed_at=LATER)

    undo_merge(merge.pk, by=marketer, now=LATER)

    survivor.refresh_from_db()
    assert (survivor.stage, survivor.stage_changed_at, survivor.respond_by) == (Stage.MQL, NOON, None)
    last = StageChange.objects.filter(lead=survivor).latest("pk")
    assert (last.from_stage, last.to_stage, last.actor) == ("sql", "mql", marketer)
    assert last.reason == f"The merge with {absorbed.display_name} was undone."


def test_a_claim_since_stands(marketer, sales):
    survivor, absorbed = make_sql(), make_lead("b@x.example")
    merge = merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)
    claim_lead(survivor, rep=sales, now=LATER)

    undo_merge(merge.pk, by=marketer, now=LATER)

    survivor.refresh_from_db()
    assert (survivor.stage, survivor.owner, survivor.claimed_at) == (Stage.CLAIMED, sales, LATER)


def test_an_absorbed_claim_is_its_rep_s_again(marketer, sales, other_sales):
    survivor = make_lead(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)
    absorbed = make_lead(stage=Stage.CLAIMED, owner=other_sales, claimed_at=NOON)
    merge = merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)
    assert list(Lead.objects.claimed_by(other_sales)) == []

    undo_merge(merge.pk, by=marketer, now=LATER)

    assert list(Lead.objects.claimed_by(other_sales)) == [absorbed]
    assert list(Lead.objects.claimed_by(sales)) == [survivor]


def test_an_absorbed_lead_is_neither_claimed_nor_released(marketer, sales, manager):
    waiting, claimed = make_sql(first_name="Wim"), make_lead(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)
    survivor = make_lead(stage=Stage.CUSTOMER, first_name="Ada")
    for lead in (waiting, claimed):
        merge_leads(survivor.pk, lead.pk, by=marketer, now=NOON)

    with pytest.raises(AlreadyClaimed, match="Wim was merged into Ada meanwhile"):
        claim_lead(waiting, rep=sales, now=LATER)
    with pytest.raises(NotOwner):
        release_lead(claimed, rep=manager, now=LATER)


def test_of_three_in_one_any_can_leave_first(marketer):
    for order in ((0, 1), (1, 0)):
        one, two, three = (
            make_lead(first_name=name, attributes={name: 1} if name else {}) for name in ("", "Two", "Three")
        )
        before = whole_state()
        merges = [merge_leads(one.pk, other.pk, by=marketer, now=NOON) for other in (two, three)]

        undo_merge(merges[order[0]].pk, by=marketer, now=LATER)
        one.refresh_from_db()
        assert (one.first_name, one.attributes) == (("Three", {"Three": 1}), ("Two", {"Two": 1}))[order[0]]
        undo_merge(merges[order[1]].pk, by=marketer, now=LATER)

        assert whole_state() == before


def test_a_merge_into_a_lead_that_was_merged_on_waits_for_that(marketer):
    one, two, three = make_lead(), make_lead(), make_lead(first_name="Three")
    before = whole_state()
    inner = merge_leads(two.pk, one.pk, by=marketer, now=NOON)
    outer = merge_leads(three.pk, two.pk, by=marketer, now=NOON)
    assert Lead.objects.get(pk=one.pk).merged_into == three

    with pytest.raises(MergeRefused, match=f"was merged into lead {three.pk} since; undo that merge first"):
        undo_merge(inner.pk, by=marketer, now=LATER)
    undo_merge(outer.pk, by=marketer, now=LATER)
    assert Lead.objects.get(pk=one.pk).merged_into == two
    undo_merge(inner.pk, by=marketer, now=LATER)

    assert whole_state() == before


def test_pairs_come_back_with_what_was_decided_since(marketer):
    survivor, absorbed, third, fourth = (make_lead() for _ in range(4))
    note_duplicates(
        {(absorbed.pk, third.pk): Doubt("Same name.", 80), (absorbed.pk, fourth.pk): Doubt("Same phone.", 85)}, now=NOON
    )
    merge = merge_leads(survivor.pk, absorbed.pk, by=marketer, now=NOON)
    DuplicateCandidate.objects.filter(second=third).update(dismissed_at=LATER, dismissed_by=marketer)

    undo_merge(merge.pk, by=marketer, now=LATER)

    assert set(DuplicateCandidate.objects.values_list("first_id", "second_id", "dismissed_at")) == {
        (absorbed.pk, third.pk, LATER),
        (absorbed.pk, fourth.pk, None),
        (survivor.pk, absorbed.pk, LATER),
    }


def test_a_likeness_noted_while_the_two_are_parted_is_decided_with_them(marketer):
    one, other = make_lead(), make_lead()
    merge = merge_leads(one.pk, other.pk, by=marketer, now=NOON)
    first, second = sorted((one.pk, other.pk))
    DuplicateCandidate.objects.create(first_id=first, second_id=second, reason="Same name.", created_at=NOON)

    undo_merge(merge.pk, by=marketer, now=NOON)

    pair = DuplicateCandidate.objects.get()
    assert (pair.reason, pair.dismissed_by) == ("Same name.", marketer)
