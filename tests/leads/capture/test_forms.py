"""Forms over HTTP: pages, iframes, plain POSTs of other sites, programs; what is kept apart as spam."""

import json
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.channels.forms.guard import MOST, TRAP, page_token
from leads.channels.forms.known import known_by_mail
from leads.channels.forms.receive import AlreadyTaken, take_in_blocked
from leads.models import (
    BlockReason,
    Consent,
    ConsentState,
    Event,
    FormCount,
    FormSubmission,
    Identifier,
    Lead,
    SubmissionState,
)
from tests.make import EMAIL_FIELD, MAIL_CONSENT, NAME_FIELD, make_form, make_lead

pytestmark = pytest.mark.django_db

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}


@pytest.fixture
def visitor() -> Client:
    """Return a browser without any cookie, that checks CSRF like the real thing."""
    return Client(enforce_csrf_checks=True, headers=BROWSER)


def token_of(form, seconds=30, nonce=""):
    """Return the token of a page that was opened so many seconds ago."""
    return page_token(form, now=timezone.now() - timedelta(seconds=seconds), nonce=nonce)


def send(client, form, seconds=30, nonce="", headers=None, **typed):
    typed = {"_t": token_of(form, seconds, nonce), "_via": "page", "email": "a@acme.com", **typed}
    return client.post(f"/f/{form.key}/", typed, headers=headers or {})


def counts(form):
    return {count.step: count.count for count in FormCount.objects.filter(form=form)}


def test_a_form_is_shown_without_any_cookie_and_counted(visitor):
    form = make_form("Office coffee guide", intro="24 pages.", button="Send me the guide")

    response = visitor.get(f"/f/{form.key}/?utm_source=news")

    assert response.status_code == 200
    assert not response.cookies
    page = response.content.decode()
    for words in ("Office coffee guide", "24 pages.", "Send me the guide", "Work e-mail", MAIL_CONSENT["wording"]):
        assert words in page
    assert "checked" not in page
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert counts(form) == {"view": 1}


def test_machines_and_looks_from_the_editor_are_not_counted(visitor):
    form = make_form()

    visitor.get(f"/f/{form.key}/", headers={"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    visitor.get(f"/f/{form.key}/?preview=1")
    visitor.head(f"/f/{form.key}/")

    assert counts(form) == {}


def test_a_form_that_is_sent_becomes_a_lead_and_leads_to_the_thanks(visitor):
    form = make_form("Guide", thanks_text="It is on its way.")

    response = send(
        visitor, form, name="Ada Moen", consent_email="on", _page="https://halden.example/guide?utm_source=ad&gclid=g1"
    )

    assert (response.status_code, response["Location"]) == (303, f"/f/{form.key}/thanks/")
    assert "It is on its way." in visitor.get(response["Location"]).content.decode()
    event = Event.objects.get(kind="form_submitted")
    assert event.properties["utm_source"] == "ad"
    assert event.properties["gclid"] == "g1"
    assert event.properties["path"] == "/guide"
    assert Lead.objects.get().first_name == "Ada"
    assert Consent.objects.get().page == "https://halden.example/guide?utm_source=ad&gclid=g1"
    assert counts(form) == {"start": 1, "field:email": 1, "field:name": 1, "sent": 1}


def test_what_was_typed_stays_and_each_mistake_stands_beside_its_field(visitor):
    form = make_form()

    response = send(visitor, form, email="maja@fjallrav", name="Maja <b>Lindqvist</b>", consent_email="on")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Add the part after the dot, such as .com or .se" in page
    assert 'value="maja@fjallrav"' in page
    assert "Maja <b>Lindqvist</b>" in unescape(page)
    assert "<b>Lindqvist" not in page
    assert 'aria-describedby="f_email_error"' in page
    assert "checked" in page
    assert not Lead.objects.exists()


def test_the_same_press_twice_is_one_submission_and_another_answer_is_another(visitor):
    form = make_form()
    for name in ("Ada", "Ada", "Ada Moen"):
        send(visitor, form, nonce="page-1", name=name)

    assert Event.objects.filter(kind="form_submitted").count() == 2
    assert counts(form)["sent"] == 2


def test_another_site_sends_plain_html_and_is_led_on(visitor):
    form = make_form(allowed_domains=["halden.example"], redirect_url="https://halden.example/thanks")

    response = visitor.post(
        f"/f/{form.key}/", {"email": "a@acme.com"}, headers={"origin": "https://www.halden.example"}
    )

    assert (response.status_code, response["Location"]) == (303, "https://halden.example/thanks")
    assert Event.objects.get(kind="form_submitted").properties["way"] == "html"
    assert counts(form) == {"elsewhere": 1}


def test_a_script_of_another_site_gets_json_that_it_may_read(visitor):
    form = make_form(allowed_domains=["halden.example"])
    headers = {"origin": "https://halden.example", "accept": "application/json"}
    address = f"/f/{form.key}/"

    preflight = visitor.options(address, headers=headers)
    wrong = visitor.post(address, {"email": "a@acme"}, content_type="application/json", headers=headers)
    right = visitor.post(
        address, {"email": "a@acme.com", "consent_email": True}, content_type="application/json", headers=headers
    )

    assert preflight["Access-Control-Allow-Origin"] == "https://halden.example"
    assert (wrong.status_code, wrong.json()["errors"]) == (
        422,
        {"email": "Add the part after the dot, such as .com or .se"},
    )
    assert (right.status_code, right.json()["success"]) == (200, True)
    assert right["Access-Control-Allow-Origin"] == "https://halden.example"
    assert Consent.objects.get().state == ConsentState.GIVEN


def test_a_site_that_is_not_allowed_is_kept_apart_and_reads_nothing(visitor):
    form = make_form(allowed_domains=["halden.example"])

    response = visitor.post(f"/f/{form.key}/", {"email": "a@acme.com"}, headers={"origin": "https://nothalden.example"})

    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response
    assert FormSubmission.objects.get().reason == BlockReason.OTHER_SITE
    assert not Lead.objects.exists()


def test_a_browser_that_hides_its_site_is_believed_with_one_of_our_pages(visitor):
    form = make_form(allowed_domains=["halden.example"])

    without = visitor.post(f"/f/{form.key}/", {"email": "a@acme.com"}, headers={"origin": "null"})
    with_page = send(visitor, form, headers={"origin": "null"})

    assert (without.status_code, with_page.status_code) == (403, 303)


def test_a_filled_trap_is_thanked_and_stores_nothing_scoreable(visitor):
    form = make_form()

    response = send(visitor, form, **{TRAP: "123"})

    assert response.status_code == 303
    submission = FormSubmission.objects.get()
    assert (submission.state, submission.reason) == (SubmissionState.BLOCKED, BlockReason.HIDDEN_FIELD)
    assert submission.answers["values"] == {"email": "a@acme.com"}
    assert (Lead.objects.count(), Event.objects.count(), Identifier.objects.count()) == (0, 0, 0)
    assert counts(form) == {"blocked": 1}


def test_whoever_is_too_fast_may_send_the_same_again(visitor):
    form = make_form()

    first = send(visitor, form, seconds=0, nonce="page-1")
    second = send(visitor, form, seconds=5, nonce="page-1")

    assert first.status_code == 429
    assert "send it once more" in first.content.decode()
    assert second.status_code == 303
    assert FormSubmission.objects.get().state == SubmissionState.TAKEN
    assert Event.objects.filter(kind="form_submitted").count() == 1


def test_too_many_from_one_address_are_kept_apart(visitor):
    form = make_form()

    statuses = [send(visitor, form, nonce=f"page-{number}").status_code for number in range(MOST + 1)]
    other = send(Client(REMOTE_ADDR="203.0.113.9"), form, nonce="other")

    assert statuses == [303] * MOST + [429]
    assert FormSubmission.objects.get().reason == BlockReason.TOO_MANY
    assert other.status_code == 303


def test_a_page_that_was_open_for_days_is_asked_to_be_sent_again_with_what_was_typed(visitor):
    form = make_form()

    response = send(visitor, form, seconds=3 * 24 * 3600, name="Ada")

    assert response.status_code == 422
    assert 'value="Ada"' in response.content.decode()
    assert not Lead.objects.exists()


def test_not_spam_takes_it_in_once_as_if_it_had_been_let_through(visitor, marketer):
    form = make_form(event_kind="demo_requested")
    send(visitor, form, consent_email="on", **{TRAP: "x"})
    submission = FormSubmission.objects.get()
    form.consents = []
    form.save()

    take_in_blocked(submission, by=marketer, now=timezone.now())
    with pytest.raises(AlreadyTaken):
        take_in_blocked(submission, by=marketer, now=timezone.now())

    event = Event.objects.get(kind="demo_requested")
    assert event.occurred_at == submission.received_at
    assert Consent.objects.get().wording == MAIL_CONSENT["wording"]
    submission.refresh_from_db()
    assert (submission.state, submission.taken_by) == (SubmissionState.TAKEN, marketer)


def test_an_iframe_may_stand_on_allowed_sites_alone(visitor):
    form = make_form(allowed_domains=["halden.example"])

    response = visitor.get(f"/f/{form.key}/frame/?page=https%3A%2F%2Fhalden.example%2Fguide%3Futm_source%3Dad")

    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://halden.example:* https://*.halden.example:*" in policy
    assert "X-Frame-Options" not in response
    assert "https://halden.example/guide?utm_source=ad" in unescape(response.content.decode())


def test_after_sending_the_browser_may_lead_to_where_the_form_says_and_nowhere_else(visitor):
    form = make_form(redirect_url="https://halden.example/thanks?x=1")

    policy = visitor.get(f"/f/{form.key}/")["Content-Security-Policy"]

    assert "form-action 'self' https://halden.example;" in f"{policy};"


def test_the_script_names_the_form_and_may_be_loaded_by_other_sites(visitor, settings):
    settings.PUBLIC_URL = "https://crm.halden.example"
    form = make_form('Guide "</script>')

    response = visitor.get(f"/f/{form.key}/embed.js")

    script = response.content.decode()
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert f'key = "{form.key}"' in script
    assert "</script>" not in script


def test_a_mail_link_asks_what_is_not_known_and_shows_none_of_what_is(visitor):
    lead = make_lead("maja@fjallrav.se", first_name="Maja", last_name="Lindqvist")
    token = known_by_mail(lead.identifiers.get().pk)
    staff = {"name": "staff", "label": "Staff", "type": "text", "later": True}
    form = make_form(fields=[EMAIL_FIELD, NAME_FIELD, staff], is_progressive=True)

    page = visitor.get(f"/f/{form.key}/?known={token}").content.decode()
    sent = visitor.post(f"/f/{form.key}/", {"_t": token_of(form), "_known": token, "staff": "80"})

    assert "ma…@fjallrav.se" in page
    assert 'name="staff"' in page
    assert 'name="email"' not in page
    assert "Lindqvist" not in page
    assert sent.status_code == 303
    assert token not in Event.objects.get(kind="form_submitted").properties.get("url", "")
    assert Lead.objects.get().attributes == {"staff": "80"}


def test_typing_somebodys_address_shows_nothing_of_theirs(visitor):
    make_lead("boss@acme.com", first_name="Bo", phone="+46701234567")
    phone = {"name": "phone", "label": "Phone", "type": "phone"}
    form = make_form(fields=[EMAIL_FIELD, NAME_FIELD, phone], is_progressive=True)

    wrong = send(visitor, form, email="boss@acme.com", phone="1").content.decode()
    sent = send(visitor, form, email="boss@acme.com")
    token = urlsplit(sent["Location"]).fragment
    again = visitor.get(f"/f/{form.key}/?known={token}").content.decode()

    assert "+46701234567" not in wrong + again
    assert 'name="phone"' in again
    assert 'name="name"' in again


def test_confirming_takes_a_press_and_works_once(visitor, django_capture_on_commit_callbacks, settings):
    settings.REDIS_URL = ""
    form = make_form(
        "Newsletter",
        event_kind="newsletter_subscribed",
        is_double_opt_in=True,
        fields=[EMAIL_FIELD],
        consents=[{**MAIL_CONSENT, "mode": "by_sending"}],
    )
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(visitor, form)
    link = next(word for word in mail.outbox[0].body.split() if "/o/" in word)
    path = urlsplit(link).path

    assert "One more step" in visitor.get(sent["Location"]).content.decode()
    assert MAIL_CONSENT["wording"] in visitor.get(path).content.decode()
    assert not Event.objects.filter(kind="newsletter_subscribed").exists()
    for _ in range(2):
        assert "Confirmed" in visitor.post(path).content.decode()
    assert Event.objects.filter(kind="newsletter_subscribed").count() == 1
    assert visitor.get("/o/nonsense/").status_code == 410


def test_a_form_that_is_closed_says_so_and_takes_nothing(visitor):
    form = make_form(is_live=False)

    assert visitor.get(f"/f/{form.key}/").status_code == 410
    assert send(visitor, form).status_code == 410
    assert visitor.get("/f/no-such-form/").status_code == 404
    assert not Event.objects.exists()


def test_steps_are_counted_once_a_page_and_only_of_this_form(visitor):
    form = make_form()
    told = {"_t": token_of(form), "steps": "start,field:email,field:nothing,sent,view"}

    for _ in range(2):
        visitor.post(f"/f/{form.key}/seen/", told)
    visitor.post(f"/f/{form.key}/seen/", {**told, "_t": "forged"})

    assert counts(form) == {"start": 1, "field:email": 1}


def test_a_reload_of_the_colour_is_css_that_can_be_read(visitor):
    form = make_form(colour="#ffdd00")

    response = visitor.get(f"/f/{form.key}/style.css")

    assert response["Content-Type"].startswith("text/css")
    assert "--accent: light-dark(#" in response.content.decode()


def test_showing_a_form_takes_two_queries_and_sending_a_fixed_number(visitor):
    form = make_form()
    send(visitor, form, email="first@acme.com", consent_email="on")

    with CaptureQueriesContext(connection) as showing:
        visitor.get(f"/f/{form.key}/")
    with CaptureQueriesContext(connection) as sending:
        send(visitor, form, email="b@acme.com", name="Bo Bo", consent_email="on")

    assert len(showing) == 2
    assert len(sending) <= 24


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"email=%00%ff&name=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(1500)), "application/x-www-form-urlencoded"),
        (b"email=a@acme.com", "application/x-www-form-urlencoded; charset=klingon"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"whatever", "multipart/form-data"),
        (b'{"email": ["a"], "name": {"x": 1}}', "application/json"),
        (b'{"email": "a@acme.com\\ud800", "name": "\\u0000"}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"{", "application/json"),
        (b"\x1f\x8b\x00", "application/json"),
        (
            json.dumps({"email": "a@acme.com", "_t": 7, "_known": [], "_id": {}, "_page": 1}).encode(),
            "application/json",
        ),
        (b"_t=%s&_known=%s&email=a@acme.com" % (b"x" * 5000, b"y" * 5000), "application/x-www-form-urlencoded"),
        (b"", "text/plain"),
    ],
)
@pytest.mark.parametrize("way", ["", "frame/", "seen/"])
def test_nothing_that_is_sent_is_an_error_of_ours(body, content_type, way):
    form = make_form(consents=[])
    client = Client(raise_request_exception=True, headers=BROWSER)

    response = client.generic("POST", f"/f/{form.key}/{way}", body, content_type=content_type)

    assert response.status_code < 500
