import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection

from leads.errors import AlreadyClaimed, NotOwner
from leads.handoff.claim import claim_lead
from leads.handoff.release import release_lead
from leads.models import Lead, Stage, StageChange
from tests.make import NOON, make_lead, make_sql, make_user


@pytest.mark.django_db
def test_a_claim_makes_the_rep_the_owner_and_is_recorded(sales):
    lead = make_sql()

    claim_lead(lead, rep=sales, now=NOON)

    lead.refresh_from_db()
    change = StageChange.objects.get(lead=lead)
    assert (lead.owner, lead.claimed_at, lead.stage) == (sales, NOON, Stage.CLAIMED)
    assert (change.actor, change.reason) == (sales, "Sam Seller claimed the lead.")


@pytest.mark.django_db
def test_the_second_claim_is_refused_and_told_who_was_first(sales, other_sales):
    lead = make_sql(first_name="Sara", last_name="Ekdahl")
    claim_lead(lead, rep=other_sales, now=NOON)

    with pytest.raises(AlreadyClaimed) as refusal:
        claim_lead(lead, rep=sales, now=NOON + timedelta(seconds=4))

    lead.refresh_from_db()
    assert str(refusal.value) == "Olga Other claimed Sara Ekdahl 4 seconds before you."
    assert (refusal.value.claimed_by, refusal.value.claimed_at) == ("Olga Other", NOON)
    assert lead.owner == other_sales


@pytest.mark.django_db
def test_a_lead_that_has_left_the_queue_can_not_be_claimed(sales):
    lead = make_lead(stage=Stage.MQL, first_name="Sara", last_name="Ekdahl")

    with pytest.raises(AlreadyClaimed, match="Sara Ekdahl is MQL and not in the queue"):
        claim_lead(lead, rep=sales, now=NOON)


@pytest.mark.django_db
def test_a_released_lead_waits_again_on_the_same_clock(sales):
    lead = make_sql()
    clock = lead.respond_by
    claim_lead(lead, rep=sales, now=NOON)
    lead.refresh_from_db()

    release_lead(lead, rep=sales, now=NOON + timedelta(minutes=5))

    lead.refresh_from_db()
    assert (lead.stage, lead.owner, lead.claimed_at, lead.respond_by) == (Stage.SQL, None, None, clock)


@pytest.mark.django_db
def test_a_released_lead_is_due_as_scoring_may_move_it_again(sales):
    lead = make_sql(score_due_at=None)
    claim_lead(lead, rep=sales, now=NOON)
    released_at = NOON + timedelta(minutes=5)

    release_lead(lead, rep=sales, now=released_at)

    before = lead.facts_version
    lead.refresh_from_db()
    assert (lead.score_due_at, lead.facts_version) == (released_at, before + 1)


@pytest.mark.django_db
def test_only_the_owner_or_a_manager_releases(sales, other_sales, manager):
    lead = make_sql()
    claim_lead(lead, rep=sales, now=NOON)

    with pytest.raises(NotOwner):
        release_lead(lead, rep=other_sales, now=NOON)
    release_lead(lead, rep=manager, now=NOON)

    lead.refresh_from_db()
    assert lead.stage == Stage.SQL


@pytest.mark.django_db(transaction=True)
def test_of_many_simultaneous_claims_exactly_one_wins():
    lead = make_sql()
    reps = [make_user(role="sales") for _ in range(12)]
    together = threading.Barrier(len(reps))
    won, refused = [], []

    def claim(rep):
        close_old_connections()
        together.wait()
        try:
            claim_lead(lead, rep=rep, now=NOON)
            won.append(rep.pk)
        except AlreadyClaimed as refusal:
            refused.append(refusal.claimed_by)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=[rep]) for rep in reps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winner = Lead.objects.get(pk=lead.pk).owner
    assert won == [winner.pk]
    assert refused == [str(winner)] * 11
    assert StageChange.objects.filter(lead=lead).count() == 1
