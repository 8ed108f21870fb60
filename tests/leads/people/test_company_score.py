"""A company's score: the best of its people plus breadth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.models import Organization, Stage
from leads.people.company_score import company_score, with_scores
from tests.make import make_lead, make_organization


@pytest.mark.parametrize(
    ("best", "engaged", "score"),
    [
        (0, 0, 0),
        (40, 0, 40),  # a good fit that did nothing
        (40, 1, 40),
        (40, 2, 43),
        (40, 6, 55),
        (40, 60, 55),  # five further ones at most
        (98, 4, 100),
    ],
)
def test_by_hand(best, engaged, score):
    assert company_score(best, engaged) == score


@given(st.floats(0, 100), st.integers(0, 1000))
def test_it_is_never_below_the_best_nor_above_100_and_grows_with_people(best, engaged):
    score = company_score(best, engaged)

    assert best <= score <= 100
    assert company_score(best, engaged + 1) >= score


@pytest.mark.django_db
def test_the_database_reckons_the_same():
    nobody, one, many, lost = (make_organization(name) for name in ("Nobody", "One", "Many", "Lost"))
    make_lead(organization=one, score=35.5, behaviour=20)
    for number in range(9):
        make_lead(organization=many, score=50 + number, behaviour=number)
    make_lead(organization=lost, score=80, behaviour=40, stage=Stage.DISQUALIFIED)
    best = make_lead(organization=lost, score=12, behaviour=0.9)
    make_lead(organization=lost, score=90, behaviour=60, merged_into=best)

    found = {one.name: one for one in with_scores(Organization.objects.all())}

    told = {name: (one.people, one.best, one.engaged, one.score) for name, one in found.items()}
    assert told == {
        "Nobody": (0, 0, 0, 0),
        "One": (1, 35.5, 1, 35.5),
        "Many": (9, 58, 8, 73),
        "Lost": (2, 12, 0, 12),
    }
    assert all(one.score == company_score(one.best, one.engaged) for one in found.values())
    assert nobody.pk in {one.pk for one in found.values()}
