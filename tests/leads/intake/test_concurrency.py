"""Many batches about the same people at the same time: nobody waits for ever, and every person is one lead."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from leads.intake.take_in import take_in
from leads.models import Event, Identifier, Lead, Organization
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_source
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"),
]

PEOPLE, THREADS, BATCHES = 12, 8, 30
COMPANIES = ("Acme", "Binford")


def test_overlapping_batches_neither_deadlock_nor_split_a_person():
    source = make_source()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda seed: send_batches(source, seed), range(THREADS)))
    for browser in (3, 4):
        take_in(source, [inbound(*keys_of(person)[:3], keys_of(person)[browser]) for person in range(PEOPLE)], now=NOON)

    assert Lead.objects.current().count() == PEOPLE
    assert Identifier.objects.filter(lead=None).count() == 0
    assert Event.objects.filter(lead=None).count() == 0
    assert Event.objects.count() == THREADS * BATCHES * 7 + 2 * PEOPLE
    assert Organization.objects.count() == len(COMPANIES)
    for person in range(PEOPLE):
        values = [value for _, value in keys_of(person)]
        assert Identifier.objects.filter(value__in=values).values("lead").distinct().count() == 1


def keys_of(person):
    return [
        ("user_id", f"u{person}"),
        ("email", f"e{person}@x.example"),
        ("phone", f"+150055500{person:02}"),
        ("anonymous_id", f"a{person}"),
        ("anonymous_id", f"b{person}"),
    ]


def send_batches(source, seed):
    dice = random.Random(seed)
    try:
        for _ in range(BATCHES):
            take_in(source, [some_event(dice) for _ in range(6)], now=NOON)
            take_in(source, [some_event(dice, says_nothing=True)], now=NOON)
    finally:
        connection.close()


def some_event(dice, *, says_nothing=False):
    person = keys_of(dice.randrange(PEOPLE))
    places = sorted(dice.sample(range(5), dice.choice((1, 1, 2, 3))))
    keys = [person[place] for place in places if place < 4 or 3 not in places]
    properties = {"company": dice.choice(COMPANIES), "firstName": "Ada"}
    if says_nothing:
        return inbound(*keys)
    return inbound(*keys, kind=dice.choice(("page_viewed", "identified")), properties=properties)


def test_a_company_that_is_removed_while_a_batch_speaks_of_it_is_there_again():
    source = make_source()
    said = {"kind": "identified", "properties": {"company": "Acme"}}
    take_in(source, [inbound(("user_id", "u1"), **said)], now=NOON)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Organization.objects.all().delete()
            # It says nothing new of the company, and so finds it without a lock.
            earlier = inbound(("user_id", "u2"), at=NOON - timedelta(hours=1), **said)
            sending = pool.submit(send_one, source, earlier)
            wait_for(somebody_waits_for_a_lock, "the batch to wait for the company")
        sending.result()

    assert Lead.objects.get(identifiers__value="u2").organization == Organization.objects.get()


def send_one(source, event):
    try:
        take_in(source, [event], now=NOON)
    finally:
        connection.close()


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database OR database IS NULL"
            " WHERE datname = current_database() AND NOT granted"
        )
        return cursor.fetchone()[0] > 0
