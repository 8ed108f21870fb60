"""Mailchimp: times, unsubscribing, changed addresses, and the secret in the address."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from leads.models import DeliveryState, Event, Lead
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, NOW, kinds, outcome, send
from tests.leads.channels.connectors.vendors import EMAIL, VENDORS
from tests.make import make_connector

pytestmark = pytest.mark.django_db


def test_mailchimps_times_are_utc_and_an_unsubscribe_counts_for_the_same_person(work):
    said = VENDORS["mailchimp"].payload("a", NOW) | {"fired_at": "2026-06-01 10:00:00"}
    connector = send("mailchimp", said)
    leaves = {
        "type": "unsubscribe",
        "fired_at": "2026-06-02 10:00:00",
        "data[action]": "unsub",
        "data[reason]": "manual",
    }
    send("mailchimp", {**said, **leaves}, connector)
    work()

    assert kinds() == ["newsletter_subscribed", "unsubscribed"]
    assert Event.objects.get(kind="newsletter_subscribed").occurred_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert Event.objects.get(kind="unsubscribed").properties["reason"] == "manual"
    assert Lead.objects.get().first_name == "Pia"


def test_who_changes_the_address_at_mailchimp_stays_the_same_lead(work):
    connector = send("mailchimp", VENDORS["mailchimp"].payload("a", AN_HOUR_AGO))
    moved = {
        "type": "upemail",
        "fired_at": f"{NOW:%Y-%m-%d %H:%M:%S}",
        "data[list_id]": "a6b5da1054",
        "data[new_id]": "subb",
        "data[new_email]": "pia@new.example",
        "data[old_email]": EMAIL,
    }
    send("mailchimp", moved, connector)
    work()

    lead = Lead.objects.get()
    assert lead.email == "pia@new.example"
    assert set(lead.identifiers.filter(kind="email").values_list("value", flat=True)) == {EMAIL, "pia@new.example"}


def test_an_address_that_mailchimp_gave_up_has_bounced_and_a_profile_tells_the_name(work):
    said = VENDORS["mailchimp"].payload("a", AN_HOUR_AGO)
    connector = send("mailchimp", said)
    later = {"fired_at": f"{NOW:%Y-%m-%d %H:%M:%S}"}
    send("mailchimp", {**said, **later, "type": "profile", "data[merges][LNAME]": "Roth-Berg"}, connector)
    cleaned = {"data[list_id]": "a6b5da1054", "data[campaign_id]": "1", "data[reason]": "hard", "data[email]": EMAIL}
    send("mailchimp", {**cleaned, **later, "type": "cleaned"}, connector)
    send("mailchimp", {**later, "type": "campaign", "data[id]": "1", "data[status]": "sent"}, connector)
    work()

    assert kinds() == ["email_bounced", "newsletter_subscribed"]
    assert Lead.objects.get().last_name == "Roth-Berg"
    assert outcome()[0] == DeliveryState.IGNORED


def test_a_second_secret_in_mailchimps_address_is_asked_for_where_there_is_one():
    vendor = VENDORS["mailchimp"]
    connector = make_connector("mailchimp", secrets={"address_secret": "tail"})
    path, body = f"/hooks/mailchimp/{connector.key}/", vendor.body(vendor.payload("a", NOW))
    form = {"content_type": "application/x-www-form-urlencoded"}

    assert Client().post(path, body, **form).status_code == 401
    assert Client().post(f"{path}?secret=guess", body, **form).status_code == 401
    assert Client().post(f"{path}?secret=tail", body, **form).status_code == 200
