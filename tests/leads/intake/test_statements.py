"""The number of statements, which does not grow with the batch."""

import pytest

from leads.intake.inbound import Rejection
from leads.intake.take_in import take_in
from leads.models import (
    Lead,
)
from tests.leads.intake.inbound import A1, LATER, U1, U2, count_statements, identify, inbound
from tests.make import NOON

pytestmark = pytest.mark.django_db


def batch(size, *, first=0, at=NOON):
    """Everything at once: new people, known ones, visits, traits, companies, merges and rejected events."""
    events = []
    for number in range(first, first + size // 5):
        user, email = ("user_id", f"u-{number}"), ("email", f"e-{number}@x.example")
        events += [
            inbound(user, at=at),
            inbound(email, ("anonymous_id", f"a-{number}"), at=at),
            inbound(("anonymous_id", f"b-{number}"), at=at),
            identify(user, email, at=at, properties={"email": email[1], "company": f"Company {number}", "x": number}),
            inbound(user, ("anonymous_id", f"b-{number}"), at=at),
        ]
    return events


@pytest.mark.parametrize("first", [0, 1000])
def test_ten_events_take_as_many_statements_as_five_hundred(source, first):
    rejected = [Rejection("no", "{}")]

    few = count_statements(source, batch(10, first=first), rejected)
    many = count_statements(source, batch(500, first=first + 100), rejected * 400)
    few_again = count_statements(source, batch(10, first=first, at=LATER))
    many_again = count_statements(source, batch(500, first=first + 100, at=LATER))

    assert few == many
    assert few_again == many_again


def test_merging_many_leads_takes_as_many_statements_as_merging_two(source):
    emails = [("email", f"e-{number}@x.example") for number in range(60)]
    users = [("user_id", f"u-{number}") for number in range(60)]
    take_in(source, [inbound(key) for key in (*emails, *users)], now=NOON)

    few = count_statements(source, [inbound(users[number], emails[number]) for number in range(2)])
    many = count_statements(source, [inbound(users[number], emails[number]) for number in range(2, 60)])

    assert Lead.objects.current().count() == 60
    assert few == many


def test_events_of_known_leads_take_three_statements_and_a_lock(source):
    take_in(source, [inbound(U1), inbound(U2)], now=NOON)

    several = count_statements(source, [inbound(U1), inbound(U2), inbound(A1), inbound(U1)])

    transaction = 2  # begin and commit, or a test's savepoint
    assert several == 5 + transaction  # and the visitor's identifier
