"""The rows that tests stand on keep the database's rules."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from leads.models import Lead, Stage
from tests.make import NOON, make_event, make_lead, make_sql


def test_a_made_lead_is_found_by_what_the_search_box_looks_through(db):
    lead = make_lead("Ann@Example.com", first_name="Ann")

    assert lead.search.text == "ann ann@example.com"
    assert lead.identifiers.get().value == "ann@example.com"


def test_a_made_sql_waits_in_the_queue(db):
    lead = make_sql()

    assert list(Lead.objects.awaiting_claim()) == [lead]
    assert lead.stage == Stage.SQL
    assert lead.respond_by > NOON


def test_a_made_event_belongs_to_its_identifiers_lead(db):
    lead = make_lead()

    event = make_event(lead, "trial_started")

    assert event.identifier.lead == event.lead == lead


def test_a_made_event_without_a_lead_is_a_visitors(db):
    event = make_event()

    assert event.lead is None
    assert event.identifier.lead is None


@pytest.mark.parametrize("number", [1, 2])
def test_every_test_starts_with_an_empty_cache(number):
    assert cache.add("seen", number)
    assert _seen_in_another_thread() == number


def _seen_in_another_thread():
    with ThreadPoolExecutor() as pool:
        return pool.submit(cache.get, "seen").result()
