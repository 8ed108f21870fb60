"""Many batches about the same people at the same time: nobody waits for ever, and every person is one lead."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from leads.intake.take_in import take_in
from leads.models import Event, Identifier, Lead, Organization
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_source

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
