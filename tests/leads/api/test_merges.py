"""Merging and undoing over REST, and the list of possible duplicates."""

import pytest

from leads.identity.duplicates import note_duplicates
from leads.identity.resolve import Doubt
from leads.models import DuplicateCandidate, Lead, Merge, Stage
from tests.make import NOON, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(marketer, api_of):
    return api_of(marketer)


def test_a_merge_answers_with_the_survivor_and_what_undoes_it(api):
    one, other = make_lead("a@x.example", first_name="Maja"), make_lead("b@x.example", first_name="Maya", title="CEO")
    order = {"absorbed": other.pk, "keep": {"first_name": "absorbed"}}

    answer = api.post(f"/api/leads/{one.pk}/merge/", order, format="json")

    assert answer.status_code == 200
    said = answer.json()
    assert (said["id"], said["first_name"], said["title"], said["email"]) == (one.pk, "Maya", "CEO", "a@x.example")
    assert said["merge"]["absorbed"] == other.pk
    assert said["merge"]["merged_by"] == "mia"
    assert api.get(f"/api/leads/{other.pk}/").json()["id"] == one.pk


def test_undo_makes_both_themselves_again(api):
    one, other = make_lead(), make_lead()
    merge_id = api.post(f"/api/leads/{one.pk}/merge/", {"absorbed": other.pk}, format="json").json()["merge"]["id"]

    answer = api.post(f"/api/merges/{merge_id}/undo/")

    assert (answer.status_code, answer.json()["undone_by"]) == (200, "mia")
    assert api.get(f"/api/leads/{other.pk}/").json()["id"] == other.pk
    again = api.post(f"/api/merges/{merge_id}/undo/")
    assert (again.status_code, again.json()) == (409, {"detail": "This merge has been undone already."})
    assert [merge["id"] for merge in api.get("/api/merges/").json()["results"]] == [merge_id]


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ({}, "absorbed"),
        ({"absorbed": "x"}, "absorbed"),
        ({"absorbed": 999999}, "absorbed"),
        ({"absorbed": None}, "absorbed"),
        ({"absorbed": 1, "keep": {"first_name": "both"}}, "keep"),
        ({"absorbed": 1, "keep": "first_name"}, "keep"),
    ],
)
def test_what_is_not_understood_is_named(api, order, named):
    lead = make_lead()

    answer = api.post(f"/api/leads/{lead.pk}/merge/", order, format="json")

    assert answer.status_code == 400
    assert named in answer.json()
    assert not Merge.objects.exists()


def test_an_unknown_field_is_refused(api):
    one, other = make_lead(), make_lead()

    order = {"absorbed": other.pk, "keep": {"score": "absorbed"}}
    answer = api.post(f"/api/leads/{one.pk}/merge/", order, format="json")

    assert answer.status_code == 400
    assert "'score' is nothing that either lead has" in answer.json()["detail"]


def test_a_claimed_lead_is_not_absorbed(api, sales):
    one = make_lead()
    claimed = make_lead(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)

    answer = api.post(f"/api/leads/{one.pk}/merge/", {"absorbed": claimed.pk}, format="json")

    assert answer.status_code == 409
    assert "must be the one that stays" in answer.json()["detail"]


def test_sales_may_not_merge(sales, api_of):
    one, other = make_lead(), make_lead()

    answer = api_of(sales).post(f"/api/leads/{one.pk}/merge/", {"absorbed": other.pk}, format="json")

    assert answer.status_code == 403
    assert Lead.objects.current().count() == 2


def test_possible_duplicates_are_listed_and_dismissed(api):
    one, other, third = make_lead(), make_lead(), make_lead()
    pairs = {(one.pk, other.pk): Doubt("Same name.", 80), (one.pk, third.pk): Doubt("A browser.", 50)}
    note_duplicates(pairs, now=NOON)
    listed = api.get("/api/duplicates/").json()["results"]
    assert [(pair["second"], pair["reason"], pair["strength"]) for pair in listed] == [
        (other.pk, "Same name.", 80),
        (third.pk, "A browser.", 50),
    ]

    answer = api.post(f"/api/duplicates/{listed[0]['id']}/dismiss/")

    assert answer.json()["dismissed_at"] is not None
    assert [pair["second"] for pair in api.get("/api/duplicates/").json()["results"]] == [third.pk]
    assert DuplicateCandidate.objects.filter(dismissed_at=None).count() == 1
