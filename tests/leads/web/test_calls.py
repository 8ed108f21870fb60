"""Calls that people here write down on a lead's page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import AuditEntry, Event, Lead, Stage
from tests.make import NOON, make_event, make_lead, make_source
from tests.make_rules import TRIAL, publish_rules

GIVEN = {"direction": "in", "outcome": "talked", "minutes": "6", "note": "Asked about service terms"}


@pytest.fixture
def lead(db):
    return make_lead("ada@halden.com", first_name="Ada", last_name="Berg", phone="+4721000000")


def page_of(browser, lead):
    return browser.get(f"/leads/{lead.pk}/").content.decode()


def test_a_call_appears_at_once_and_can_be_undone(rep_browser, lead, sales):
    response = rep_browser.post(f"/leads/{lead.pk}/calls/add/", GIVEN, follow=True)

    event, page = Event.objects.get(), response.content.decode()
    assert (event.kind, event.lead, event.channel, event.occurred_at) == ("call_received", lead, "call", NOON)
    assert event.properties == {
        "direction": "in",
        "outcome": "talked",
        "minutes": 6,
        "note": "Asked about service terms",
        "logged_by": "Sam Seller",
        "logged_by_id": sales.pk,
    }
    assert "Called us, 6 min" in page
    assert "Asked about service terms. Logged by Sam Seller" in page
    assert "The call with Ada Berg is logged." in page
    assert f'<form method="post" action="/leads/{lead.pk}/calls/{event.pk}/take-back/" hx-boost="false">' in page


@pytest.mark.parametrize(
    ("direction", "outcome", "kind"),
    [
        ("in", "talked", "call_received"),
        ("in", "callback", "call_received"),
        ("in", "voicemail", "call_received"),
        ("in", "no_answer", "call_missed"),
        ("in", "wrong_number", "call_missed"),
        ("out", "talked", "call_made"),
        ("out", "no_answer", "call_made"),
    ],
)
def test_who_called_and_how_it_ended_decide_what_it_counts_as(rep_browser, lead, direction, outcome, kind):
    rep_browser.post(f"/leads/{lead.pk}/calls/add/", {**GIVEN, "direction": direction, "outcome": outcome})

    assert Event.objects.get().kind == kind


def test_a_call_by_the_lead_makes_an_mql_and_taking_it_back_unmakes_it(
    rep_browser, lead, django_capture_on_commit_callbacks, settings
):
    settings.REDIS_URL = ""
    publish_rules([TRIAL])

    with django_capture_on_commit_callbacks(execute=True):
        rep_browser.post(f"/leads/{lead.pk}/calls/add/", GIVEN)
    assert Lead.objects.get().stage == Stage.MQL

    with django_capture_on_commit_callbacks(execute=True):
        rep_browser.post(f"/leads/{lead.pk}/calls/{Event.objects.get().pk}/take-back/")
    lead.refresh_from_db()
    assert not Event.objects.exists()
    assert lead.stage == Stage.ENGAGED
    assert (lead.last_event_kind, lead.source) == ("", "")


def test_a_form_that_is_sent_twice_counts_once(rep_browser, lead):
    given = {**GIVEN, "token": str(uuid4())}

    for _ in range(2):
        assert rep_browser.post(f"/leads/{lead.pk}/calls/add/", given).status_code == 302

    assert Event.objects.count() == 1


def test_two_calls_are_two(rep_browser, lead):
    for _ in range(2):
        rep_browser.post(f"/leads/{lead.pk}/calls/add/", GIVEN)

    assert Event.objects.count() == 2


def test_an_earlier_call_is_noted_at_its_time_in_the_users_zone(rep_browser, sales, lead):
    sales.time_zone = "Europe/Oslo"
    sales.save()

    rep_browser.post(f"/leads/{lead.pk}/calls/add/", {**GIVEN, "when": "2026-06-17T09:30"})

    assert Event.objects.get().occurred_at == NOON.replace(hour=7, minute=30)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("direction", "", "This field is required"),
        ("direction", "up", "up is not one of the available choices"),
        ("outcome", "shouted", "shouted is not one of the available choices"),
        ("minutes", "-1", "greater than or equal to 0"),
        ("minutes", "1441", "less than or equal to 1440"),
        ("minutes", "ten", "Enter a whole number"),
        ("when", "2026-06-18T09:00", "not one to come; got 2026-06-18 09:00"),
        ("when", "2019-01-01T09:00", "a time of the last year"),
        ("when", "yesterday", "such as 2026-11-17 11:20"),
        ("note", "n" * 2001, "at most 2000 characters"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_stays(rep_browser, lead, field, value, expected):
    response = rep_browser.post(f"/leads/{lead.pk}/calls/add/", {**GIVEN, "note": "Wants a quote", field: value})

    page = response.content.decode()
    assert response.status_code == 400
    assert expected in page
    assert "Log a call with Ada Berg" in page
    assert field == "note" or "Wants a quote" in page
    assert not Event.objects.exists()


def test_a_lead_that_nothing_identifies_gets_no_call(rep_browser):
    nobody = make_lead("")

    response = rep_browser.post(f"/leads/{nobody.pk}/calls/add/", GIVEN)

    assert response.status_code == 400
    assert "neither an address nor a number" in response.content.decode()


def test_a_merged_lead_leads_to_its_survivor(rep_browser, lead):
    absorbed = make_lead("", merged_into=lead)

    assert rep_browser.get(f"/leads/{absorbed.pk}/calls/add/")["Location"] == f"/leads/{lead.pk}/calls/add/"


def test_only_who_logged_a_call_and_managers_take_it_back(signed_in, lead, sales, other_sales, manager):
    signed_in(sales).post(f"/leads/{lead.pk}/calls/add/", GIVEN)
    address = f"/leads/{lead.pk}/calls/{Event.objects.get().pk}/take-back/"

    assert "Take back</button>" not in page_of(signed_in(other_sales), lead)
    refused = signed_in(other_sales).post(address, follow=True)
    assert "Only who logged a call" in refused.content.decode()
    assert Event.objects.count() == 1

    assert "Take back</button>" in page_of(signed_in(sales), lead)
    signed_in(manager).post(address)
    assert not Event.objects.exists()
    assert AuditEntry.objects.get(action="call taken back").actor == manager


def test_other_events_stay(rep_browser, sales, lead):
    tracked = make_event(lead, "call_received", properties={"logged_by_id": sales.pk}, message_id="call:forged")

    page = rep_browser.post(f"/leads/{lead.pk}/calls/{tracked.pk}/take-back/", follow=True).content.decode()

    assert "Take back</button>" not in page
    assert Event.objects.filter(pk=tracked.pk).exists()


def test_taking_back_twice_says_so(rep_browser, lead):
    rep_browser.post(f"/leads/{lead.pk}/calls/add/", GIVEN)
    address = f"/leads/{lead.pk}/calls/{Event.objects.get().pk}/take-back/"

    rep_browser.post(address)

    assert "taken back already" in rep_browser.post(address, follow=True).content.decode()


def test_what_remains_is_the_last_activity_again(rep_browser, lead):
    before = make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=1), source=make_source("Website"))
    rep_browser.post(f"/leads/{lead.pk}/calls/add/", GIVEN)

    rep_browser.post(f"/leads/{lead.pk}/calls/{Event.objects.exclude(pk=before.pk).get().pk}/take-back/")

    lead.refresh_from_db()
    assert (lead.last_event_at, lead.last_event_kind) == (before.occurred_at, "trial_started")


def test_a_page_of_calls_takes_as_many_queries_as_one_without(rep_browser, lead):
    rep_browser.get(f"/leads/{lead.pk}/")
    with CaptureQueriesContext(connection) as without:
        page_of(rep_browser, lead)
    for _ in range(5):
        rep_browser.post(f"/leads/{lead.pk}/calls/add/", GIVEN)
    rep_browser.get(f"/leads/{lead.pk}/")

    with CaptureQueriesContext(connection) as with_calls:
        assert page_of(rep_browser, lead).count("Take back</button>") == 5

    assert len(with_calls) == len(without)
