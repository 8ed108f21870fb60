"""Who is who: the rules one by one, and that the order of arrival does not matter."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity.resolve import STANDING, Evidence, KnownLead, resolve

U1, U2 = ("user_id", "u1"), ("user_id", "u2")
E1, E2 = ("email", "e1@x.example"), ("email", "e2@x.example")
P1, P2 = ("phone", "+15005550001"), ("phone", "+15005550002")
A1, A2 = ("anonymous_id", "a1"), ("anonymous_id", "a2")


def seen(*keys, former_id=""):
    return Evidence(tuple(keys), former_id)


def known(lead_id, *kinds, stage="new"):
    return KnownLead(lead_id, set(kinds), STANDING[stage])


def groups(resolution):
    people = {}
    for key, owner in resolution.owners.items():
        people.setdefault(owner, set()).add(key)
    return {frozenset(keys) for keys in people.values()}


def test_a_bare_visitor_is_nobody():
    resolution = resolve([seen(A1)], {}, {})

    assert resolution.owners == {}
    assert resolution.created == []


def test_an_event_of_a_known_browser_alone_asks_nothing():
    resolution = resolve([seen(A1)], {A1: 7}, {7: known(7, "email", "anonymous_id")})

    assert resolution.owners == {A1: 7}


def test_a_visitor_becomes_the_lead_that_identifies_in_the_same_browser():
    resolution = resolve([seen(E1, A1)], {}, {})

    assert groups(resolution) == {frozenset({E1, A1})}
    assert resolution.created == [-1]


def test_a_user_id_joins_the_lead_of_its_address():
    resolution = resolve([seen(U1, E1)], {E1: 7}, {7: known(7, "email")})

    assert resolution.owners == {U1: 7, E1: 7}
    assert resolution.created == []


def test_two_user_ids_in_one_browser_stay_two_leads_and_a_possible_duplicate():
    resolution = resolve([seen(U2, A1)], {U1: 7, A1: 7}, {7: known(7, "user_id", "anonymous_id")})

    assert resolution.owners == {U1: 7, A1: 7, U2: -1}
    assert resolution.duplicates == {(-1, 7): ("They share a browser, but each has a user id of its own.", 50)}


def test_two_user_ids_with_one_address_stay_two_leads():
    resolution = resolve([seen(U2, E1)], {U1: 7, E1: 7}, {7: known(7, "user_id", "email")})

    assert resolution.owners[U2] == -1
    assert resolution.owners[E1] == 7
    assert list(resolution.duplicates) == [(-1, 7)]


def test_a_second_address_of_a_user_is_the_same_lead():
    leads = {7: known(7, "user_id", "email"), 8: known(8, "email")}

    resolution = resolve([seen(U1, E2)], {U1: 7, E1: 7, E2: 8}, leads)

    assert resolution.absorbed == {8: 7}
    assert groups(resolution) == {frozenset({U1, E1, E2})}


def test_two_addresses_that_share_a_browser_stay_two_leads():
    resolution = resolve([seen(E2, A1)], {E1: 7, A1: 7}, {7: known(7, "email", "anonymous_id")})

    assert resolution.owners == {E1: 7, A1: 7, E2: -1}
    assert resolution.duplicates == {(-1, 7): ("They share a browser, but each has an e-mail address of its own.", 50)}


def test_a_phone_number_and_an_address_that_share_a_browser_are_one_lead():
    leads = {7: known(7, "email", "anonymous_id"), 8: known(8, "phone")}

    resolution = resolve([seen(P1, A1)], {E1: 7, A1: 7, P1: 8}, leads)

    assert resolution.absorbed == {8: 7}


def test_the_claimed_lead_survives_whoever_came_first():
    leads = {7: known(7, "user_id"), 8: known(8, "email", stage="claimed")}

    resolution = resolve([seen(U1, E1)], {U1: 7, E1: 8}, leads)

    assert resolution.absorbed == {7: 8}


def test_two_claimed_leads_are_not_merged():
    leads = {7: known(7, "user_id", stage="claimed"), 8: known(8, "email", stage="customer")}

    resolution = resolve([seen(U1, E1)], {U1: 7, E1: 8}, leads)

    assert resolution.absorbed == {}
    words = "They share an e-mail address, but both are claimed or customers already."
    assert resolution.duplicates == {(7, 8): (words, 85)}


def test_of_two_leads_equally_far_the_older_survives():
    leads = {7: known(7, "email"), 8: known(8, "user_id")}

    resolution = resolve([seen(U1, E1)], {U1: 8, E1: 7}, leads)

    assert resolution.absorbed == {8: 7}


@pytest.mark.parametrize(("stage", "other"), [("recycled", "sql"), ("disqualified", "sql"), ("sql", "mql")])
def test_the_lead_that_is_further_on_survives(stage, other):
    leads = {7: known(7, "email", stage=other), 8: known(8, "user_id", stage=stage)}

    resolution = resolve([seen(U1, E1)], {U1: 8, E1: 7}, leads)

    assert resolution.absorbed == {7: 8}


def test_an_alias_of_two_users_is_a_possible_duplicate():
    leads = {7: known(7, "user_id"), 8: known(8, "user_id")}

    resolution = resolve([seen(U1, ("anonymous_id", "u2"), former_id="u2")], {U1: 7, U2: 8}, leads)

    assert resolution.absorbed == {}
    assert list(resolution.duplicates) == [(7, 8)]


def test_a_doubt_that_a_later_event_settles_is_dropped():
    leads = {7: known(7, "user_id", "email", "anonymous_id"), 8: known(8, "email")}
    owners = {U1: 7, E1: 7, A1: 7, E2: 8}

    resolution = resolve([seen(E2, A1), seen(U1, E2)], owners, leads)

    assert resolution.absorbed == {8: 7}
    assert resolution.duplicates == {}


@st.composite
def stories(draw):
    """Events of a few people, none of whom contradicts another or themselves.

    Each person has identifiers of their own, any number of each kind weaker than the strongest; whatever there is more
    than one of was seen together with the strongest one once.
    """
    numbers = count()
    events = []
    for _ in range(draw(st.integers(1, 3))):
        strongest = draw(st.sampled_from(["user_id", "email", "phone"]))
        order = ["user_id", "email", "phone", "anonymous_id"]
        weaker = order[order.index(strongest) + 1 :]
        top = (strongest, f"{next(numbers)}")
        others = [
            (kind, f"{next(numbers)}") for kind in weaker for _ in range(draw(st.integers(0, 3), label=f"of {kind}"))
        ]
        everything = [top, *others]
        for kind in weaker:
            several = [key for key in others if key[0] == kind]
            if len(several) > 1 and kind != "anonymous_id":
                events += [(top, key) for key in several]
        for _ in range(draw(st.integers(1, 4))):
            chosen = draw(st.lists(st.sampled_from(everything), min_size=1, unique=True))
            by_kind = {key[0]: key for key in chosen}
            events.append(tuple(by_kind[kind] for kind in order if kind in by_kind))
    return events


@settings(max_examples=400)
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)

    one = resolve([Evidence(keys) for keys in events], {}, {})
    other = resolve([Evidence(keys) for keys in shuffled], {}, {})

    assert groups(one) == groups(other)


@settings(max_examples=200)
@given(stories(), st.integers(0, 20))
def test_batches_come_to_the_same_end_as_one(events, cut):
    evidence = [Evidence(keys) for keys in events]
    first = resolve(evidence[:cut], {}, {})
    kinds = {}
    for key, owner in first.owners.items():
        kinds.setdefault(1000 - owner, set()).add(key[0])
    stored = {lead_id: KnownLead(lead_id, held, 0) for lead_id, held in kinds.items()}

    second = resolve(evidence[cut:], {key: 1000 - owner for key, owner in first.owners.items()}, stored)

    assert groups(second) == groups(resolve(evidence, {}, {}))
