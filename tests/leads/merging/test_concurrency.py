"""Merging and undoing while intake works on the same people and reps claim: nothing deadlocks, nothing is lost."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from leads.errors import LeadError
from leads.handoff.claim import claim_lead
from leads.intake.take_in import take_in
from leads.merging.merge import merge_leads
from leads.merging.undo import undo_merge
from leads.models import Event, Identifier, Lead, Merge, Stage
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_source, make_sql

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"),
]
PEOPLE, BATCHES, DECISIONS = 6, 20, 25


def keys_of(person):
    return [("user_id", f"u{person}"), ("email", f"e{person}@x.example"), ("anonymous_id", f"a{person}")]


def test_merges_and_undos_beside_intake_lose_and_lock_nothing(marketer):
    source = make_source()
    take_in(source, [inbound(*keys_of(person)) for person in range(PEOPLE)], now=NOON)

    with ThreadPoolExecutor(6) as pool:
        sending = [pool.submit(send, source, seed) for seed in range(3)]
        deciding = [pool.submit(decide, marketer, seed) for seed in range(3)]
        for work in (*sending, *deciding):
            work.result()
    while Merge.objects.filter(undone_at=None).exists():
        for merge in Merge.objects.filter(undone_at=None, survivor__merged_into=None).order_by("-pk"):
            undo_merge(merge.pk, by=marketer, now=NOON)

    assert Event.objects.count() == PEOPLE + 3 * BATCHES * 5
    assert all(mine == owners for mine, owners in Event.objects.values_list("lead_id", "identifier__lead_id"))
    assert Lead.objects.current().count() == PEOPLE
    for person in range(PEOPLE):
        values = [value for _, value in keys_of(person)]
        assert Identifier.objects.filter(value__in=values).values("lead").distinct().count() == 1


def send(source, seed):
    dice = random.Random(seed)
    try:
        for _ in range(BATCHES):
            people = [keys_of(dice.randrange(PEOPLE)) for _ in range(5)]
            events = [inbound(*dice.sample(keys, 1), kind="identified", properties={"title": "CEO"}) for keys in people]
            take_in(source, events, now=NOON)
    finally:
        connection.close()


def decide(user, seed):
    dice = random.Random(seed)
    try:
        for _ in range(DECISIONS):
            try:
                open_merges = list(Merge.objects.filter(undone_at=None).values_list("pk", flat=True))
                ids = list(Lead.objects.current().values_list("pk", flat=True))
                if open_merges and (len(ids) < 2 or dice.random() < 0.5):
                    undo_merge(dice.choice(open_merges), by=user, now=NOON)
                elif len(ids) > 1:
                    merge_leads(*dice.sample(ids, 2), by=user, now=NOON)
            except LeadError:
                pass  # another was first, and says so
    finally:
        connection.close()


def test_a_claim_and_a_merge_at_the_same_time_never_lose_the_claim(marketer, sales):
    for _ in range(10):
        survivor, absorbed = make_sql(stage=Stage.MQL), make_sql()

        with ThreadPoolExecutor(2) as pool:
            claiming = pool.submit(attempt, claim_lead, absorbed, rep=sales, now=NOON)
            merging = pool.submit(attempt, merge_leads, survivor.pk, absorbed.pk, by=marketer, now=NOON)
            was_claimed, was_merged = claiming.result(), merging.result()

        absorbed.refresh_from_db()
        assert was_claimed != was_merged
        assert (absorbed.stage == Stage.CLAIMED) is was_claimed
        assert (absorbed.merged_into_id == survivor.pk) is was_merged


def attempt(action, *arguments, **named):
    try:
        action(*arguments, **named)
    except LeadError:
        return False
    else:
        return True
    finally:
        connection.close()
