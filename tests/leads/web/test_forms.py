"""The screens of forms: the list, the editor and its draft, what was blocked."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.channels.forms.fields import Field, fields_of
from leads.models import AuditEntry, BlockReason, Event, Form, FormCount, FormSubmission, SubmissionState
from leads.web.form_draft import draft_of
from tests.make import CALL_CONSENT, EMAIL_FIELD, MAIL_CONSENT, NAME_FIELD, NOON, PHONE_FIELD, make_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(signed_in, marketer):
    return signed_in(marketer)


def sent(form, do="save", **changes):
    """Return what the editor's page sends for a form as it is stored, with some inputs changed."""
    draft = draft_of(form)
    data = {name: value for name, value in draft.settings.items() if value not in (False, None)}
    data |= {"total": len(draft.rows), "do": do}
    for number, row in enumerate(draft.rows):
        data |= {f"fields-{number}-{name}": value for name, value in row.items() if value is not False}
    for channel, (mode, wording) in draft.consents.items():
        data |= {f"{channel}_mode": mode, f"{channel}_wording": wording}
    return {**data, **changes}


def labels_in(response):
    """Return the fields in the order in which the editor shows them."""
    return re.findall(r'<span class="medium truncate" title="([^"]*)"', response.content.decode())


def make_blocked(form, number=1, **fields):
    values = {"values": {"email": f"spam{number}@acme.com"}, "consents": []}
    visit = {
        "submission_id": f"s{number}",
        "page": "",
        "referrer": "",
        "campaign": {},
        "agent": "",
        "anonymous_id": "",
        "way": "page",
        "known": None,
        "at": None,
    }
    made = {"state": SubmissionState.BLOCKED, "reason": BlockReason.HIDDEN_FIELD, "received_at": NOON, **fields}
    message_id = f"form:{form.key}:s{number}"
    return FormSubmission.objects.create(form=form, message_id=message_id, answers=values, visit=visit, **made)


def test_the_list_shows_what_came_of_each_form(client):
    form = make_form("Guide", event_kind="ebook_downloaded")
    today = form.created_at.today().date()
    for step, count in (("view", 1200), ("sent", 300), ("elsewhere", 10), ("blocked", 58)):
        FormCount.objects.create(form=form, on_date=today, step=step, count=count)
    FormCount.objects.create(form=form, on_date=today - timedelta(days=40), step="view", count=999)

    page = client.get("/forms/").content.decode()

    for words in ("Guide", "Downloaded eBook", "1,200", "310", "25%", "58"):
        assert words in page


def test_without_forms_the_list_offers_ready_made_ones(client):
    page = client.get("/forms/").content.decode()

    assert "Newsletter" in page
    assert "An address and its consent, confirmed by mail" in page


def test_a_page_of_forms_takes_as_many_queries_as_one_form(client):
    make_form()
    with CaptureQueriesContext(connection) as one:
        client.get("/forms/")
    for _ in range(60):
        make_form()
    with CaptureQueriesContext(connection) as many:
        response = client.get("/forms/")

    assert len(many) == len(one)
    assert "after=" in response.content.decode()


@pytest.mark.parametrize("ready", ["contact", "newsletter", "ebook", "demo", "quote", "blank"])
def test_every_ready_made_form_is_live_and_can_be_saved_as_it_is(client, ready):
    response = client.post("/forms/add/", {"ready": ready})

    form = Form.objects.get()
    assert response["Location"] == f"/forms/{form.pk}/"
    assert client.get(f"/f/{form.key}/").status_code == 200
    assert client.post(f"/forms/{form.pk}/", sent(form)).status_code == 302
    assert AuditEntry.objects.filter(action="form made", subject=form.name).exists()


def test_a_second_form_of_a_kind_gets_a_name_of_its_own(client):
    for _ in range(3):
        client.post("/forms/add/", {"ready": "newsletter"})

    assert set(Form.objects.values_list("name", flat=True)) == {"Newsletter", "Newsletter 2", "Newsletter 3"}


def test_the_newsletter_subscribes_with_consent_and_asks_to_confirm(client):
    client.post("/forms/add/", {"ready": "newsletter"})

    form = Form.objects.get()
    assert (form.event_kind, form.is_double_opt_in) == ("newsletter_subscribed", True)
    assert [(consent["channel"], consent["mode"]) for consent in form.consents] == [("email", "by_sending")]


def test_everything_that_is_typed_is_saved(client):
    form = make_form()
    changes = {
        "name": "Guide",
        "heading": "Get it",
        "colour": "#0F6650",
        "allowed_domains": "https://Halden.example/x\nblog.halden.example",
        "side_points": "One\n\nTwo",
        "redirect_url": "https://halden.example/thanks",
        "event_kind": "ebook_downloaded",
        "is_double_opt_in": "on",
        "phone_region": "se",
        "phone_mode": "optional",
        "phone_wording": "You may call me about it.",
    }

    response = client.post(f"/forms/{form.pk}/", sent(form, **changes))

    assert response.status_code == 302
    form.refresh_from_db()
    assert (form.name, form.heading, form.colour, form.phone_region) == ("Guide", "Get it", "#0f6650", "SE")
    assert form.allowed_domains == ["halden.example", "blog.halden.example"]
    assert form.side_points == ["One", "Two"]
    assert form.is_double_opt_in
    assert {consent["channel"] for consent in form.consents} == {"email", "phone"}
    assert fields_of(form) == (
        Field("email", "Work e-mail", "email", required=True),
        Field("name", "Name"),
    )


def test_fields_are_moved_added_and_removed_in_a_draft_that_is_not_stored(client):
    form = make_form(fields=[EMAIL_FIELD, NAME_FIELD, PHONE_FIELD])

    moved = client.post(f"/forms/{form.pk}/", sent(form, do="up-1"))
    removed = client.post(f"/forms/{form.pk}/", sent(form, do="remove-1"))
    added = client.post(f"/forms/{form.pk}/", sent(form, do="add-company"))
    custom = client.post(f"/forms/{form.pk}/", sent(form, do="add-choice"))
    edge = client.post(f"/forms/{form.pk}/", sent(form, do="up-0"))

    assert labels_in(moved) == ["Name", "Work e-mail", "Phone"]
    assert labels_in(removed) == ["Work e-mail", "Phone"]
    assert labels_in(added) == ["Work e-mail", "Name", "Phone", "Company"]
    assert labels_in(custom) == ["Work e-mail", "Name", "Phone", "New choice"]
    assert labels_in(edge) == ["Work e-mail", "Name", "Phone"]
    assert "data-changed" in moved.content.decode()
    form.refresh_from_db()
    assert len(form.fields) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Give the form a name."),
        ({"name": "Taken"}, "There is a form called “Taken” already."),
        ({"name": "x" * 101}, "At most 100 characters, this has 101."),
        ({"colour": "green"}, "Give a colour such as #0f6650, this is “green”."),
        ({"redirect_url": "javascript:alert(1)"}, "Give a web address such as"),
        ({"allowed_domains": "not a site"}, "Give one site a line"),
        ({"phone_region": "Sweden"}, "Give the two letters of a country"),
        ({"event_kind": "page_viewed"}, "is not something that a form does"),
        ({"event_kind": "newsletter_subscribed"}, "A newsletter needs a consent to mail"),
        ({"email_mode": "", "is_double_opt_in": "on"}, "There is nothing to confirm"),
        ({"email_wording": "Yes"}, "Say in 10 to 1,000 characters"),
        ({"fields-0-type": "text"}, "must be of the type E-mail"),
        ({"fields-0-type": "text", "fields-0-name": "mail"}, "Ask for an e-mail address or a phone number"),
        ({"fields-1-name": "email"}, "Another field is called “email” already."),
        ({"fields-1-name": "Full name"}, "small letters, digits and _"),
        ({"fields-1-name": "utm_source"}, "not one that events use"),
        ({"fields-1-label": ""}, "Say in 1 to 200 characters what is asked."),
        ({"fields-1-type": "choice"}, "Give 2 to 100 choices, one a line."),
        ({"asked_at_most": "99"}, "Ask 1 to 40 questions at once, this is 99."),
    ],
)
def test_what_can_not_be_is_said_beside_its_input_and_nothing_is_stored(client, changes, words):
    make_form("Taken")
    form = make_form("Guide")

    response = client.post(f"/forms/{form.pk}/", sent(form, heading="New heading", **changes))

    page = response.content.decode()
    assert response.status_code == 400
    assert words in page
    assert "New heading" in page
    form.refresh_from_db()
    assert (form.name, form.heading) == ("Guide", "")


def test_a_form_is_copied_closed_and_opened(client):
    form = make_form("Guide")

    client.post(f"/forms/{form.pk}/copy/")
    client.post(f"/forms/{form.pk}/switch/")

    copied = Form.objects.get(name="Guide 2")
    assert copied.fields == form.fields
    assert copied.key != form.key
    form.refresh_from_db()
    assert not form.is_live
    client.post(f"/forms/{form.pk}/switch/")
    form.refresh_from_db()
    assert form.is_live


def test_snippets_name_the_form_and_the_public_address(client, settings):
    settings.PUBLIC_URL = "https://crm.halden.example"
    form = make_form(consents=[MAIL_CONSENT, CALL_CONSENT])

    page = client.get(f"/forms/{form.pk}/").content.decode()

    assert f"https://crm.halden.example/f/{form.key}/embed.js" in page
    assert f"https://crm.halden.example/f/{form.key}/frame/" in page
    assert "consent_phone" in page


def test_blocked_submissions_are_listed_with_their_reason_and_taken_in_once(client):
    form = make_form(event_kind="demo_requested")
    submission = make_blocked(form)
    address = reverse("form-take-in", args=[form.pk, submission.pk])

    page = client.get(f"/forms/{form.pk}/blocked/").content.decode()
    first = client.post(address)
    second = client.post(address)

    assert "The hidden field was filled in" in page
    assert "spam1@acme.com" in page
    event = Event.objects.get(kind="demo_requested")
    assert first["Location"] == f"/leads/{event.lead_id}/"
    assert second["Location"] == f"/forms/{form.pk}/blocked/"
    assert Event.objects.filter(kind="demo_requested").count() == 1


def test_a_page_of_blocked_submissions_takes_as_many_queries_as_one(client):
    form = make_form()
    make_blocked(form)
    with CaptureQueriesContext(connection) as one:
        client.get(f"/forms/{form.pk}/blocked/")
    for number in range(2, 70):
        make_blocked(form, number)
    with CaptureQueriesContext(connection) as many:
        response = client.get(f"/forms/{form.pk}/blocked/")

    assert len(many) == len(one)
    assert "after=" in response.content.decode()
