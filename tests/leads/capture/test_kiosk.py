"""A stand's tablets over HTTP: who is let in, and that each card is stored once, whatever happens on the way."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client

from leads.capture.kiosk import COOKIE, FILES
from leads.channels.kiosk.keep import end_kiosk, kiosk_address, pass_of
from leads.events.tally import totals
from leads.models import Consent, Counted, Event, Kiosk, Lead
from tests.make import EMAIL_FIELD, MAIL_CONSENT, NAME_FIELD, NOON, PHONE_FIELD, make_form, make_kiosk

pytestmark = pytest.mark.django_db

ADA = {"email": "ada@halden.com", "name": "Ada Berg", "phone": "+4721000000", "consent_email": "on"}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def kiosk():
    return make_kiosk(make_form("Stand form", key="stand", fields=[EMAIL_FIELD, NAME_FIELD, PHONE_FIELD]))


@pytest.fixture
def tablet(kiosk):
    """Return a tablet that was let in."""
    client = Client(enforce_csrf_checks=True)
    address = urlsplit(kiosk_address(kiosk, "stand"))
    client.get(f"{address.path}?{address.query}")
    return client


def card(number=1, at=NOON, **typed):
    return {"id": f"0a1b2c3d-{number:04}", "at": at.isoformat(), "typed": {**ADA, **typed}}


def send(tablet, *cards, sent_at=NOON):
    body = json.dumps({"cards": cards, "sent_at": sent_at.isoformat()})
    return tablet.post("/kiosk/stand/cards/", body, content_type="application/json")


def states(response):
    assert response.status_code == 200, response.content
    return [result["state"] for result in response.json()["results"]]


def test_the_address_lets_a_tablet_in_and_leaves_no_pass_in_view(kiosk):
    tablet, address = Client(), urlsplit(kiosk_address(kiosk, "stand"))

    let_in = tablet.get(f"{address.path}?{address.query}")
    page = tablet.get(let_in["Location"])

    assert (let_in.status_code, let_in["Location"]) == (302, "/kiosk/stand/")
    cookie = let_in.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/kiosk/stand/")
    assert cookie["max-age"] == 3 * 24 * 3600
    assert page.status_code == 200
    assert "Host Milano" in page.content.decode()
    assert pass_of(kiosk) not in page.content.decode()


@pytest.mark.parametrize("passed", ["", "nonsense", "a" * 500, "WzEsIngiXQ:forged"])
def test_strangers_are_not_let_in(kiosk, passed):
    stranger = Client()
    stranger.cookies[COOKIE] = passed

    page, sent = stranger.get(f"/kiosk/stand/?pass={passed}"), send(stranger, card())

    assert (page.status_code, sent.status_code) == (403, 403)
    assert "not set up" in page.content.decode()
    assert not Event.objects.exists()


def test_a_pass_is_for_one_form(kiosk, tablet):
    make_form(key="other")
    tablet.cookies[COOKIE]["path"] = "/"

    assert tablet.get("/kiosk/other/").status_code == 403


def test_the_pass_of_a_kiosk_that_was_deleted_lets_nobody_in(kiosk, tablet):
    kiosk.delete()
    Kiosk.objects.filter(event="Next").delete()
    make_kiosk(kiosk.form, event="Next", pk=kiosk.pk, created_at=NOON - timedelta(minutes=1))

    assert tablet.get("/kiosk/stand/").status_code == 403


@pytest.mark.parametrize("ending", ["by_hand", "by_time"])
def test_after_its_end_cards_stay_on_the_tablet(kiosk, tablet, admin_user, ending):
    if ending == "by_hand":
        end_kiosk(kiosk, by=admin_user, now=NOON)
    with time_machine.travel(NOON + timedelta(days=0 if ending == "by_hand" else 3), tick=False):
        tablet.cookies[COOKIE] = pass_of(kiosk)
        page, sent = tablet.get("/kiosk/stand/"), send(tablet, card())

    assert (page.status_code, sent.status_code) == (403, 403)
    assert "stay on this tablet" in page.content.decode()
    assert "The cards are kept" in sent.json()["error"]
    assert not Event.objects.exists()


def test_a_card_becomes_a_lead_an_event_and_a_consent(kiosk, tablet):
    assert states(send(tablet, card())) == ["stored"]

    lead = Lead.objects.get(email="ada@halden.com")
    event = lead.events.get(kind="event_form_submitted")
    assert (lead.first_name, lead.last_name, lead.phone) == ("Ada", "Berg", "+4721000000")
    assert event.properties.items() >= {"event": "Host Milano", "form": "Stand form", "way": "kiosk"}.items()
    assert event.channel == "event"
    assert Consent.objects.get().wording == MAIL_CONSENT["wording"]
    assert totals([Counted.KIOSK_CARD], [kiosk.pk])[kiosk.pk] == {"kiosk_card": 1}
    kiosk.refresh_from_db()
    assert kiosk.seen_at == NOON


def test_a_card_counts_once_however_often_it_is_sent(kiosk, tablet):
    for _ in range(3):
        assert states(send(tablet, card(), card(), card(2, email="bo@halden.com"))) == ["stored"] * 3

    assert Event.objects.filter(kind="event_form_submitted").count() == 2
    assert totals([Counted.KIOSK_CARD], [kiosk.pk])[kiosk.pk] == {"kiosk_card": 2}
    assert Consent.objects.count() == 2


def test_a_card_is_of_when_it_was_filled_in_whatever_the_tablets_clock_says(tablet):
    two_hours_ago = NOON - timedelta(hours=2)
    wrong = timedelta(days=400)

    send(tablet, card(at=two_hours_ago - wrong), sent_at=NOON - wrong)

    assert Event.objects.get(kind="event_form_submitted").occurred_at == two_hours_ago


@pytest.mark.parametrize("at", ["yesterday", None, 7, "2026-06-18T12:00:00Z"])
def test_a_card_without_a_time_of_use_is_of_now(tablet, at):
    assert states(send(tablet, {**card(), "at": at})) == ["stored"]
    assert Event.objects.get(kind="event_form_submitted").occurred_at == NOON


def test_a_card_that_can_not_be_read_fails_no_other_and_is_named(tablet):
    response = send(tablet, card(1, email="ada@"), card(2))

    assert states(response) == ["refused", "stored"]
    assert list(response.json()["results"][0]["errors"]) == ["email"]
    assert Event.objects.filter(kind="event_form_submitted").count() == 1


def test_a_mended_card_keeps_its_id_and_is_stored(tablet):
    send(tablet, card(1, email="ada@"))

    assert states(send(tablet, card(1))) == ["stored"]
    assert Event.objects.filter(kind="event_form_submitted").count() == 1


def test_cards_of_a_form_that_was_closed_meanwhile_are_taken(kiosk, tablet):
    kiosk.form.is_live = False
    kiosk.form.save()

    assert states(send(tablet, card())) == ["stored"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "cards must be a list"),
        ({"cards": "x"}, "cards must be a list"),
        ({"cards": [{}] * 51}, "at most 50"),
        ({"cards": [7]}, "id must be"),
        ({"cards": [{"id": "short", "typed": {}}]}, "got 'short'"),
        ({"cards": [{"id": "0a1b2c3d", "typed": []}]}, "typed must be an object"),
        ([], "must be a JSON object"),
    ],
)
def test_what_is_no_cards_is_refused_and_named(tablet, body, expected):
    response = tablet.post("/kiosk/stand/cards/", json.dumps(body), content_type="application/json")

    assert response.status_code == 400
    assert expected in response.json()["error"]
    assert not Event.objects.exists()


def test_another_sites_form_can_not_send_cards(tablet):
    response = tablet.post("/kiosk/stand/cards/", {"cards": "[]"})

    assert response.status_code == 400
    assert "Expected JSON" in response.json()["error"]


def test_while_the_database_is_away_the_tablet_keeps_its_cards(tablet, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", fail)
        assert send(tablet, card()).status_code == 503

    assert states(send(tablet, card())) == ["stored"]


def test_the_worker_keeps_all_that_the_page_loads(kiosk, tablet):
    page = tablet.get("/kiosk/stand/").content.decode()
    worker = tablet.get("/kiosk/stand/worker.js")

    script = worker.content.decode()
    assert worker["Content-Type"] == "text/javascript"
    assert worker["Cache-Control"] == "no-cache"
    assert 'const PAGE = "/kiosk/stand/";' in script.replace("\\u002D", "-")
    for name in FILES:
        assert f"/static/{name}" in script.replace("\\u002D", "-")
    loaded = {part.partition('"')[0].partition("#")[0] for part in page.split('="/static/')[1:]}
    assert loaded <= set(FILES)


def test_a_change_of_the_form_is_a_new_version_of_the_worker(kiosk, tablet):
    before = tablet.get("/kiosk/stand/worker.js").content
    kiosk.form.changed_at = NOON + timedelta(hours=1)
    kiosk.form.save()

    assert tablet.get("/kiosk/stand/worker.js").content != before
