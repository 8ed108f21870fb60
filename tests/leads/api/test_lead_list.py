"""GET /api/leads/: what it shows, what it can be narrowed down to, and its pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import Identifier, Stage
from tests.make import NOON, make_event, make_lead, make_organization, make_sql, make_user

FIELDS_OF_THE_CONTRACT = {
    "id",
    "kind",
    "email",
    "phone",
    "first_name",
    "last_name",
    "title",
    "organization",
    "stage",
    "score",
    "fit",
    "behaviour",
    "likelihood",
    "persona",
    "source",
    "owner",
    "last_event_at",
    "stage_changed_at",
    "respond_by",
    "created_at",
    "attributes",
    "scored_at",
    "score_due_at",
}


@pytest.fixture
def api(marketer, api_of):
    return api_of(marketer)


def ids(response):
    assert response.status_code == 200, response.json()
    return [row["id"] for row in response.json()["results"]]


def test_a_lead_shows_all_that_the_contract_names(api, sales):
    organization = make_organization("Initech")
    lead = make_lead(
        "peter@initech.com",
        organization=organization,
        owner=sales,
        score=61.5,
        fit=21.5,
        behaviour=40.0,
        attributes={"size": 40},
    )

    (row,) = api.get("/api/leads/").json()["results"]

    assert set(row) >= FIELDS_OF_THE_CONTRACT
    assert row["organization"] == {"id": organization.pk, "name": "Initech"}
    assert (row["id"], row["owner"], row["email"]) == (lead.pk, "sam", "peter@initech.com")
    assert (row["score"], row["fit"], row["behaviour"], row["likelihood"]) == (61.5, 21.5, 40.0, None)
    assert row["attributes"] == {"size": 40}
    assert row["created_at"] == "2026-06-17T12:00:00Z"


def test_a_lead_without_events_has_no_last_event(api):
    make_lead()

    (row,) = api.get("/api/leads/").json()["results"]

    assert (row["last_event_at"], row["owner"], row["organization"]) == (None, None, None)


def test_a_lead_merged_into_another_is_not_listed(api):
    survivor = make_lead()
    make_lead(merged_into=survivor)

    assert ids(api.get("/api/leads/")) == [survivor.pk]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=mql", ["ben"]),
        ("stage=mql,sql", ["ben", "cleo"]),
        ("owner=sam", ["cleo"]),
        ("owner=none", ["ann", "ben"]),
        ("source=webinar", ["ann"]),
        ("persona=Office manager", ["ben"]),
        ("score_min=40", ["ben", "cleo"]),
        ("score_max=40", ["ann", "ben"]),
        ("score_min=40&score_max=40.0", ["ben"]),
        ("email=CLEO@example.com", ["cleo"]),
        ("email=nobody@example.com", []),
        ("q=initech", ["ben", "cleo"]),
        ("q=Cleo%20C", ["cleo"]),
        ("q=an", ["ann"]),
        ("q=100%25", []),
        ("stage=", ["ann", "ben", "cleo"]),
        ("stage=mql&owner=sam", []),
    ],
)
def test_the_list_is_narrowed_down(api, sales, query, expected):
    company = make_organization("Initech")
    made = {
        "ann": make_lead("ann@example.com", first_name="Ann", source="webinar", score=3.0),
        "ben": make_lead(
            "ben@example.com", stage=Stage.MQL, score=40.0, persona="Office manager", organization=company
        ),
        "cleo": make_sql("cleo@example.com", first_name="Cleo", last_name="Cole", owner=sales, organization=company),
    }

    found = ids(api.get(f"/api/leads/?ordering=created_at&{query}"))

    assert found == [made[name].pk for name in expected]


def test_an_address_finds_the_lead_that_is_known_by_it_whatever_its_card_shows(api):
    lead = make_lead("work@example.com")
    Identifier.objects.create(kind="email", value="home@example.com", lead=lead, created_at=NOON)

    assert ids(api.get("/api/leads/?email=home@example.com")) == [lead.pk]


@pytest.mark.parametrize("column", ["created_at", "last_event_at", "stage_changed_at", "scored_at"])
def test_updated_since_finds_whatever_changed(api, column):
    make_lead()
    changed = make_lead(**{column: NOON + timedelta(hours=1)})

    assert ids(api.get("/api/leads/?updated_since=2026-06-17T13:00:00Z")) == [changed.pk]
    assert ids(api.get("/api/leads/?updated_since=2026-06-17T14:00:00%2B01:00")) == [changed.pk]
    assert ids(api.get("/api/leads/?updated_since=2026-06-17T14:00:00+01:00")) == [changed.pk]
    assert ids(api.get("/api/leads/?updated_since=2026-06-17T13:00:01Z")) == []


def test_updated_since_finds_a_lead_whose_facts_changed_and_are_not_scored_yet(api):
    make_lead(score_due_at=timezone.now() + timedelta(days=3))
    edited = make_lead(score_due_at=timezone.now() - timedelta(seconds=1))

    assert ids(api.get("/api/leads/?updated_since=2026-06-18T00:00:00Z")) == [edited.pk]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("stage=mqls", "stage", ["'mqls'", "mql", "disqualified"]),
        ("owner=nobody-here", "owner", ["'nobody-here'", "username", "'none'"]),
        ("score_min=many", "score_min", ["'many'", "0 to 100"]),
        ("score_min=101", "score_min", ["'101'", "0 to 100"]),
        ("score_max=nan", "score_max", ["'nan'", "0 to 100"]),
        ("updated_since=yesterday", "updated_since", ["'yesterday'", "2026-06-17T12:00:00Z"]),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since", ["'0001-01-01"]),
        ("ordering=shoe_size", "ordering", ["'shoe_size'", "-score", "created_at"]),
        ("page_size=0", "page_size", ["'0'", "1 to 200"]),
        ("page_size=201", "page_size", ["'201'", "1 to 200"]),
        ("page_size=ten", "page_size", ["'ten'", "1 to 200"]),
        ("cursor=nonsense", "cursor", ["'nonsense'"]),
        ("cursor=fbm9uc2Vuc2U", "cursor", ["'fbm9uc2Vuc2U'"]),
        ("q=%00", "q", ["ull"]),
        ("email=%00", "email", ["ull"]),
    ],
)
def test_what_cant_be_understood_is_named_with_what_was_expected(api, query, name, words):
    response = api.get(f"/api/leads/?{query}")

    assert response.status_code == 400
    (message,) = response.json()[name]
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    "ordering", ["-score", "score", "-created_at", "created_at", "name", "-name", "-last_event_at"]
)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_show_every_lead_once_however_many_are_equal(api, ordering, size):
    for number in range(10):
        when = NOON + timedelta(hours=number % 2)
        make_lead(score=float(number // 4), created_at=when, last_event_at=when, last_name=f"Name {number % 3}")
    whole = ids(api.get(f"/api/leads/?ordering={ordering}&page_size=200"))

    forward, back = walk(api, ordering, size)

    assert sorted(whole) == sorted(set(whole))
    assert len(whole) == 10
    assert [row for page in forward for row in page] == whole
    assert back == forward[-2::-1]


def walk(api, ordering, size):
    """Return the pages on the way to the end, and those on the way back."""
    forward, back = [], []
    page = api.get(f"/api/leads/?ordering={ordering}&page_size={size}")
    assert page.json()["previous"] is None
    forward.append(ids(page))
    while page.json()["next"]:
        page = api.get(page.json()["next"])
        forward.append(ids(page))
    while page.json()["previous"]:
        page = api.get(page.json()["previous"])
        back.append(ids(page))
    return forward, back


def test_orders_are_what_they_say(api):
    low = make_lead(score=1.0, last_name="Adams", created_at=NOON + timedelta(days=1))
    high = make_lead(score=90.0, last_name="Zorn")

    assert ids(api.get("/api/leads/?ordering=-score")) == [high.pk, low.pk]
    assert ids(api.get("/api/leads/?ordering=score")) == [low.pk, high.pk]
    assert ids(api.get("/api/leads/?ordering=name")) == [low.pk, high.pk]
    assert ids(api.get("/api/leads/")) == [low.pk, high.pk]


def test_a_lead_that_comes_in_meanwhile_neither_repeats_nor_hides_another(api):
    known = [make_lead(score=float(number)).pk for number in range(4)]
    first = api.get("/api/leads/?ordering=-score&page_size=2")
    make_lead(score=99.0)

    second = api.get(first.json()["next"])

    assert ids(first) + ids(second) == known[::-1]


def test_the_next_page_keeps_the_filters(api):
    for number in range(3):
        make_lead(score=50.0 + number)
    make_lead(score=10.0)

    page = api.get("/api/leads/?score_min=40&page_size=2&ordering=score").json()

    assert "score_min=40" in page["next"]
    assert len(ids(api.get(page["next"]))) == 1


def test_a_page_starts_at_the_index_instead_of_counting_its_way_there(api):
    for number in range(4):
        make_lead(score=float(number))
    second = api.get("/api/leads/?ordering=-score&page_size=2").json()["next"]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get(second)

    (listing,) = [query["sql"] for query in queries if "ORDER BY" in query["sql"]]
    assert '("leads_lead"."score", "leads_lead"."id") < (' in listing
    assert "OFFSET" not in listing


@pytest.mark.parametrize("size", [2, 30])
def test_a_list_asks_as_many_questions_for_many_leads_as_for_few(api, size):
    for number in range(size):
        owner = make_user()
        lead = make_lead(owner=owner, organization=make_organization(), last_name=str(number))
        make_event(lead)

    with CaptureQueriesContext(connection) as queries:
        response = api.get("/api/leads/?page_size=200")

    assert len(response.json()["results"]) == size
    assert len(queries) == 2  # whose token it is, and the leads
