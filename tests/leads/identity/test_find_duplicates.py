"""The search for leads that look alike: what is compared, and that it stays cheap."""

from datetime import timedelta

import pytest
from celery.signals import before_task_publish
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.identity.find_duplicates import MOST_ALIKE, MOST_NAMESAKES, compare_next
from leads.models import DuplicateCandidate, LeadSearch, MatchKey
from leads.people.edit import edit_lead
from leads.tasks import COMPARED_AT_ONCE, find_duplicates
from tests.make import NOON, make_lead, make_organization

pytestmark = pytest.mark.django_db


def found():
    return set(DuplicateCandidate.objects.values_list("first_id", "second_id", "reason", "strength", "dismissed_at"))


def test_leads_that_look_alike_become_a_pair_to_decide():
    one, other, stranger = make_lead("m.lind@gmail.com"), make_lead("mlind@googlemail.com"), make_lead()

    assert compare_next(now=NOON) == 3
    assert compare_next(now=NOON) == 0

    words = "Same e-mail address, differently written: m.lind@gmail.com and mlind@googlemail.com."
    assert found() == {(one.pk, other.pk, words, 95, None)}
    assert MatchKey.objects.filter(lead=stranger).count() == 1


def test_a_number_that_was_kept_without_its_country_is_found():
    one = make_lead(phone="+46705550142")
    one.identifiers.create(kind="phone", value="+46705550142", created_at=NOON)
    other = make_lead(attributes={"phone": "070-555 01 42"})

    find_duplicates()

    assert {pair[:2] for pair in found()} == {(one.pk, other.pk)}


def test_only_what_changed_is_compared_again(marketer):
    company = make_organization("Halden", domain="halden.example")
    one = make_lead(first_name="Maja", last_name="Lind", organization=company)
    other = make_lead("maya@halden.example", first_name="Nils", last_name="Berg")
    find_duplicates()
    assert found() == set()

    edit_lead(other, {"first_name": "Maja", "last_name": "Lindh"}, by=marketer, now=NOON)
    assert list(LeadSearch.objects.filter(is_compared=False).values_list("lead_id", flat=True)) == [other.pk]
    find_duplicates()

    assert {pair[:2] for pair in found()} == {(one.pk, other.pk)}


def test_a_pair_that_looks_alike_no_more_is_dropped_and_a_dismissed_one_stays(marketer):
    one, other, third = (make_lead(f"ma.ja+{number}@gmail.com") for number in range(3))
    find_duplicates()
    assert len(found()) == 3
    DuplicateCandidate.objects.filter(first=one, second=other).update(dismissed_at=NOON)
    other.identifiers.all().delete()
    LeadSearch.objects.filter(lead=other).update(is_compared=False)

    find_duplicates()

    assert {(first, second, dismissed) for first, second, _, _, dismissed in found()} == {
        (one.pk, other.pk, NOON),
        (one.pk, third.pk, None),
    }


def test_what_was_dismissed_is_not_asked_again():
    one, other = make_lead("ma.ja@gmail.com"), make_lead("maja@gmail.com")
    find_duplicates()
    DuplicateCandidate.objects.update(dismissed_at=NOON)
    LeadSearch.objects.update(is_compared=False)

    find_duplicates()

    assert [pair[4] for pair in found()] == [NOON]
    assert {pair[:2] for pair in found()} == {(one.pk, other.pk)}


def test_absorbed_leads_are_nobody_s_likeness():
    one = make_lead("ma.ja@gmail.com")
    make_lead("maja@gmail.com", merged_into=one)

    find_duplicates()

    assert found() == set()


def test_a_name_that_hundreds_share_is_compared_with_a_few():
    company = make_organization("Halden")
    people = MOST_ALIKE + 20
    for _ in range(people):
        make_lead(first_name="Maja", last_name="Lind", organization=company)

    find_duplicates()

    assert DuplicateCandidate.objects.count() <= people * MOST_ALIKE


def namesakes(first, last):
    for number in range(first, last):
        make_lead(f"maja.lind@{number}.example", first_name="Maja", last_name="Lind")


def test_a_name_is_a_likeness_until_it_turns_out_to_be_a_common_one():
    make_lead("maja.lind@gmail.com", first_name="Maja", last_name="Lind")
    namesakes(0, 3)
    find_duplicates()
    assert [strength for _, _, _, strength, _ in found()] == [65] * 3

    namesakes(3, MOST_NAMESAKES)
    find_duplicates()

    assert found() == set()


def test_a_common_name_hides_no_better_reason():
    namesakes(0, MOST_NAMESAKES)
    one = make_lead("maja.lind@gmail.com", first_name="Maja", last_name="Lind")
    other = make_lead("maja.lind+crm@gmail.com", first_name="Maja", last_name="Lind")

    find_duplicates()

    assert [(first, second, strength) for first, second, _, strength, _ in found()] == [(one.pk, other.pk, 95)]


def test_many_leads_take_as_many_statements_as_few():
    for number in range(4):
        make_lead(f"ma.ja+{number}@gmail.com")
    with CaptureQueriesContext(connection) as few:
        compare_next(now=NOON)
    for number in range(40):
        make_lead(f"nils.berg+{number}@gmail.com")
    with CaptureQueriesContext(connection) as many:
        compare_next(now=NOON + timedelta(minutes=1))

    assert len(many) <= len(few) + 1


def test_a_long_search_is_one_search_that_lets_others_have_the_worker(settings, broker):
    settings.REDIS_URL = "memory"
    broker("memory://")
    for _ in range(COMPARED_AT_ONCE + 1):
        make_lead()
    asked = []
    note = before_task_publish.connect(lambda body, **_: asked.append(body[1]), weak=False)

    find_duplicates()
    find_duplicates()
    assert LeadSearch.objects.filter(is_compared=False).count() == 1
    assert asked == [{"goes_on": True}]

    find_duplicates(**asked[0])
    make_lead()
    find_duplicates()

    before_task_publish.disconnect(note)
    assert not LeadSearch.objects.filter(is_compared=False).exists()
    assert len(asked) == 1
