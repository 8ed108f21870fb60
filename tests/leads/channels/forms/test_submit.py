"""What a form that is sent becomes: a lead, an event, consents word for word, mails that are owed."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.channels.forms.answers import AnswersRefused
from leads.channels.forms.confirm import confirm_submission
from leads.channels.forms.fields import asked_fields
from leads.channels.forms.forget import forget_old_submissions
from leads.channels.forms.known import known_by_answers, known_by_mail, read_known
from leads.channels.forms.mail import opt_in_address, read_opt_in, send_form_mail, unsent_mails
from leads.channels.forms.submit import submit_form
from leads.channels.forms.visit import Visit
from leads.consent.state import allows, current_consents
from leads.models import Consent, ConsentHow, ConsentState, Event, FormMail, FormSubmission, Identifier, Lead
from tests.make import (
    CALL_CONSENT,
    EMAIL_FIELD,
    MAIL_CONSENT,
    NAME_FIELD,
    NOON,
    PHONE_FIELD,
    make_form,
    make_lead,
    make_organization,
)

pytestmark = pytest.mark.django_db

STAFF = {"name": "staff", "label": "Staff", "type": "choice", "options": ["1 to 49", "50 to 250"], "required": True}
COMPANY = {"name": "company", "label": "Company", "type": "text"}
NEWSLETTER = {
    "event_kind": "newsletter_subscribed",
    "is_double_opt_in": True,
    "fields": [EMAIL_FIELD],
    "consents": [{**MAIL_CONSENT, "mode": "by_sending"}],
}


def send(form, number=1, now=NOON, visit=None, **typed):
    return submit_form(form, typed, visit=visit or Visit(f"submission-{number}"), now=now)


def test_a_new_person_becomes_a_lead_with_what_was_answered():
    form = make_form(
        "Guide", event_kind="ebook_downloaded", fields=[EMAIL_FIELD, NAME_FIELD, COMPANY, STAFF, PHONE_FIELD]
    )

    submitted = send(
        form,
        email=" Maja@Fjallrav.SE ",
        name="Maja Lindqvist",
        company="Fjällräv",
        staff="50 to 250",
        phone="+46701234567",
    )

    lead = Lead.objects.select_related("organization").get()
    assert submitted.lead_id == lead.pk
    assert (lead.email, lead.phone) == ("maja@fjallrav.se", "+46701234567")
    assert (lead.first_name, lead.last_name) == ("Maja", "Lindqvist")
    assert lead.organization.name == "Fjällräv"
    assert lead.attributes == {"staff": "50 to 250"}
    assert lead.source == "ebook"


def test_the_event_tells_the_answers_the_form_the_page_and_the_campaign():
    form = make_form("Guide", event_kind="ebook_downloaded")
    visit = Visit(
        "one", page="https://halden.example/guide?x=1", referrer="https://news.example/", campaign={"gclid": "g-1"}
    )

    submit_form(form, {"email": "a@acme.com"}, visit=visit, now=NOON, properties={"asset": "Coffee guide"})

    event = Event.objects.get(kind="ebook_downloaded")
    assert event.message_id == f"form:{form.key}:one"
    assert event.occurred_at == NOON
    assert event.properties == {
        "email": "a@acme.com",
        "form": "Guide",
        "form_id": form.key,
        "url": "https://halden.example/guide?x=1",
        "path": "/guide",
        "referrer": "https://news.example/",
        "way": "page",
        "gclid": "g-1",
        "asset": "Coffee guide",
    }


def test_the_same_submission_twice_changes_nothing():
    form = make_form(mail_text="Here it is.")
    send(form, email="a@acme.com", consent_email="on")

    again = send(form, now=NOON + timedelta(minutes=1), email="a@acme.com", name="Other Name", consent_email="on")

    assert again.is_repeat
    assert Event.objects.filter(kind="form_submitted").count() == 1
    assert Consent.objects.count() == 1
    assert FormMail.objects.count() == 1
    assert Lead.objects.get().first_name == ""


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("maja@fjallrav", "Add the part after the dot, such as .com or .se"),
        ("maja", "Add the @ and what follows it, such as name@company.com"),
        ("@acme.com", "Add the part before the @."),
        ("maja@", "Add the part after the @, such as company.com"),
        ("maja l@acme.com", "Take out the space: an address has none."),
        ("", "Give your e-mail address."),
    ],
)
def test_an_address_that_is_none_is_refused_with_what_it_lacks(typed, message):
    with pytest.raises(AnswersRefused) as refusal:
        send(make_form(), email=typed)

    assert refusal.value.errors == {"email": message}
    assert not Event.objects.exists()


def test_every_field_that_needs_another_answer_is_named():
    number = {"name": "machines", "label": "Machines", "type": "number"}
    day = {"name": "from_when", "label": "From", "type": "date"}
    agree = {"name": "terms", "label": "I agree", "type": "checkbox", "required": True}
    must = {**MAIL_CONSENT, "mode": "required"}
    form = make_form(fields=[EMAIL_FIELD, PHONE_FIELD, STAFF, number, day, agree], consents=[must])

    with pytest.raises(AnswersRefused) as refusal:
        send(form, email="a@acme.com", phone="12", staff="many", machines="ten", from_when="soon")

    assert set(refusal.value.errors) == {"phone", "staff", "machines", "from_when", "terms", "consent_email"}


def test_numbers_dates_and_boxes_are_stored_as_what_they_are():
    number = {"name": "machines", "label": "Machines", "type": "number"}
    day = {"name": "from_when", "label": "From", "type": "date"}
    box = {"name": "lease", "label": "Lease", "type": "checkbox"}
    form = make_form(fields=[EMAIL_FIELD, number, day, box])

    send(form, email="a@acme.com", machines="1 200,5", from_when="2027-01-31", lease="on")

    assert Lead.objects.get().attributes == {"machines": 1200.5, "from_when": "2027-01-31", "lease": True}


def test_a_number_without_its_country_is_understood_where_the_form_names_one():
    form = make_form(fields=[PHONE_FIELD], phone_region="SE")

    send(form, phone="070-123 45 67")

    assert Lead.objects.get().phone == "+46701234567"


def test_a_form_that_nobody_can_be_recognised_by_is_refused():
    with pytest.raises(AnswersRefused, match="Give an e-mail address or a phone number"):
        send(make_form(fields=[{**EMAIL_FIELD, "required": False}, NAME_FIELD]), name="Maja")


def test_a_consent_is_kept_word_for_word_when_and_where_it_was_given():
    form = make_form(consents=[MAIL_CONSENT, CALL_CONSENT])
    visit = Visit("one", page="https://halden.example/guide")

    submit_form(form, {"email": "a@acme.com", "consent_email": "on"}, visit=visit, now=NOON)
    form.consents = [{**MAIL_CONSENT, "wording": "Other words."}]
    form.save()

    consent = Consent.objects.get()
    assert (consent.channel, consent.state, consent.how) == ("email", ConsentState.GIVEN, ConsentHow.BOX)
    assert consent.wording == "Mail me tips, at most once a week."
    assert (consent.page, consent.said_at, consent.form) == ("https://halden.example/guide", NOON, form)
    assert consent.identifier.value == "a@acme.com"


def test_a_consent_to_calls_belongs_to_the_number():
    form = make_form(fields=[EMAIL_FIELD, PHONE_FIELD], consents=[CALL_CONSENT])

    send(form, email="a@acme.com", phone="+46701234567", consent_phone="on")

    assert Consent.objects.get().identifier.value == "+46701234567"


def test_the_last_word_counts_and_asking_again_takes_nothing_back():
    form = make_form()
    send(form, 1, email="a@acme.com", consent_email="on")
    form.is_double_opt_in = True
    form.save()
    send(form, 2, now=NOON + timedelta(days=1), email="a@acme.com", consent_email="on")
    lead = Lead.objects.get()

    words = current_consents([lead.pk])

    assert [word.state for word in words] == [ConsentState.GIVEN]
    assert allows(words, "email")
    assert not allows(words, "phone")


def test_a_newsletter_counts_when_it_is_confirmed_and_once(django_capture_on_commit_callbacks, settings):
    settings.REDIS_URL = ""
    form = make_form("Newsletter", **NEWSLETTER)
    with django_capture_on_commit_callbacks(execute=True):
        submitted = send(form, email="a@acme.com")

    assert submitted.waits
    assert not Event.objects.filter(kind="newsletter_subscribed").exists()
    assert Consent.objects.get().state == ConsentState.PENDING
    assert not allows(current_consents([submitted.lead_id]), "email")
    assert opt_in_address(submitted.message_id).partition("/o/")[1] in mail.outbox[0].body

    submission = FormSubmission.objects.get()
    later = NOON + timedelta(hours=1)
    confirm_submission(submission, now=later)
    confirm_submission(submission, now=later + timedelta(hours=1))

    event = Event.objects.get(kind="newsletter_subscribed")
    assert (event.occurred_at, event.lead_id) == (later, submitted.lead_id)
    given = Consent.objects.get(state=ConsentState.GIVEN)
    assert (given.how, given.wording, given.said_at) == (ConsentHow.LINK, MAIL_CONSENT["wording"], later)
    assert allows(current_consents([submitted.lead_id]), "email")


def test_a_wish_for_sales_does_not_wait_for_the_consent():
    form = make_form(event_kind="demo_requested", is_double_opt_in=True)

    submitted = send(form, email="a@acme.com", consent_email="on")
    confirm_submission(FormSubmission.objects.get(), now=NOON + timedelta(days=1))

    assert submitted.waits
    assert Event.objects.get(kind="demo_requested").occurred_at == NOON
    assert Consent.objects.filter(state=ConsentState.GIVEN).count() == 1


def test_an_address_is_not_asked_to_confirm_without_end():
    form = make_form(**NEWSLETTER)

    for number in range(5):
        send(form, number, email="a@acme.com")

    assert FormMail.objects.count() == 3


def test_a_link_to_confirm_that_was_changed_is_nobodys():
    send(make_form(**NEWSLETTER), email="a@acme.com")
    token = opt_in_address(FormSubmission.objects.get().message_id).split("/")[-2]

    assert read_opt_in(token) == FormSubmission.objects.get()
    assert read_opt_in(token + "x") is None


def test_a_known_answer_makes_room_for_the_next_question():
    later = {**STAFF, "later": True}
    form = make_form(fields=[EMAIL_FIELD, NAME_FIELD, later, {**COMPANY, "later": True}], is_progressive=True)

    first = [field.name for field in asked_fields(form, frozenset())]
    second = [field.name for field in asked_fields(form, frozenset({"email", "name"}))]

    assert first == ["email", "name"]
    assert second == ["staff", "company"]


def test_somebody_recognised_needs_no_address():
    form = make_form(fields=[EMAIL_FIELD, {**STAFF, "later": True}], is_progressive=True)
    submitted = send(form, 1, email="a@acme.com")
    known = read_known(known_by_answers(submitted.identifier_id, submitted.answers.values))

    send(form, 2, visit=Visit("two", known=known), now=NOON + timedelta(days=1), staff="50 to 250")

    assert Lead.objects.get().attributes == {"staff": "50 to 250"}
    assert Event.objects.filter(kind="form_submitted", lead=submitted.lead_id).count() == 2


def test_a_browser_that_typed_an_address_learns_nothing_of_what_is_known_about_it():
    lead = make_lead(
        "boss@acme.com", first_name="Bo", last_name="Ss", phone="+46701234567", organization=make_organization()
    )
    submitted = send(make_form(), email="boss@acme.com")

    token = known_by_answers(submitted.identifier_id, submitted.answers.values)

    assert read_known(token).names == {"email"}
    identifier = Identifier.objects.get(value="boss@acme.com")
    assert read_known(known_by_mail(identifier.pk)).names == {
        "email",
        "phone",
        "first_name",
        "last_name",
        "name",
        "company",
    }
    assert submitted.lead_id == lead.pk


def test_a_token_that_was_changed_is_nobodys():
    identifier = Identifier.objects.get(lead=make_lead())

    assert read_known(known_by_mail(identifier.pk)[:-1]) is None
    assert read_known("") is None


def test_a_submission_costs_a_fixed_number_of_queries():
    form = make_form()
    send(form, 0, email="first@acme.com", consent_email="on")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(form, 1, email="a@acme.com", name="Ada Moen", consent_email="on")

    assert len(queries) <= 20, [query["sql"][:90] for query in queries]


def test_what_is_old_is_forgotten_and_what_was_taken_in_stays():
    form = make_form(**NEWSLETTER)
    submitted = send(form, 1, email="a@acme.com")
    confirm_submission(FormSubmission.objects.get(), now=NOON)

    forget_old_submissions(now=NOON + timedelta(days=89))
    assert FormSubmission.objects.count() == FormMail.objects.count() == 1
    forget_old_submissions(now=NOON + timedelta(days=91))

    assert FormSubmission.objects.count() == FormMail.objects.count() == 0
    assert Event.objects.get(kind="newsletter_subscribed").lead_id == submitted.lead_id
    assert Consent.objects.count() == 2


def test_a_mail_that_could_not_be_sent_is_tried_again_later(settings):
    form = make_form(mail_subject="Your guide", mail_text="Hello {first_name}: {link}", mail_link="https://h.example/g")
    send(form, email="a@acme.com", name="Ada Moen")
    (mail_id,) = unsent_mails(now=NOON)
    settings.EMAIL_BACKEND = "no.such.Backend"
    with pytest.raises(ImportError):
        send_form_mail(mail_id, now=NOON)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_form_mail(mail_id, now=NOON + timedelta(minutes=1))
    assert mail.outbox == []
    later = NOON + timedelta(minutes=6)
    assert unsent_mails(now=later) == [mail_id]
    for _ in range(2):
        send_form_mail(mail_id, now=later)

    assert [(sent.to, sent.subject, sent.body) for sent in mail.outbox] == [
        (["a@acme.com"], "Your guide", "Hello Ada: https://h.example/g")
    ]
    assert unsent_mails(now=later + timedelta(days=1)) == []


def test_a_link_to_a_form_of_ours_knows_whom_the_mail_went_to(settings):
    settings.PUBLIC_URL = "https://crm.example"
    form = make_form(mail_text="{link}", mail_link="https://crm.example/f/next/")
    submitted = send(form, email="a@acme.com")

    send_form_mail(unsent_mails(now=NOON)[0], now=NOON)

    address, _, token = mail.outbox[0].body.partition("?known=")
    assert address == "https://crm.example/f/next/"
    assert read_known(unquote(token)).identifier_id == submitted.identifier_id
