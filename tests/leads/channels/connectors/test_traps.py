"""What is particular about a vendor: handshakes, marks of tests, what counts once, what does not count at all."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from twilio.request_validator import RequestValidator

from leads.channels.connectors.connect import replay_failed
from leads.models import Delivery, DeliveryState, Event, Identifier, Lead
from tests.leads.channels.connectors.apis import GRAPH_LEAD
from tests.leads.channels.connectors.vendors import EMAIL, PHONE, VENDORS, mac
from tests.make import make_connector

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AN_HOUR_AGO = NOW - timedelta(hours=1)


def send(name, said, connector=None, **how):
    vendor = VENDORS[name]
    connector = connector or vendor.connect()
    answer = vendor.send(connector, vendor.body(said), **how)
    assert answer.status_code == 200, answer.content
    return connector


def outcome() -> tuple[str, str]:
    return Delivery.objects.order_by("-id").values_list("state", "reason").first()


def kinds() -> list[str]:
    return sorted(Event.objects.exclude(kind="identified").values_list("kind", flat=True))


def ask(connector, **query):
    return Client().get(f"/hooks/{connector.provider}/{connector.key}/", query)


# --- Handshakes


def test_meta_gets_its_challenge_back_for_the_right_token_alone():
    connector = VENDORS["meta"].connect()
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}

    right, wrong = (ask(connector, **query, **{"hub.verify_token": token}) for token in ("verify-me", "guessed"))

    assert (right.status_code, right.content, right["Content-Type"]) == (200, b"1158201444", "text/plain")
    assert wrong.status_code == 403
    connector.refresh_from_db()
    assert connector.verified_at is not None


def test_linkedin_gets_its_challenge_signed_and_nothing_but_a_challenge():
    connector = VENDORS["linkedin"].connect()
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"

    answer = ask(connector, challengeCode=code, applicationId="7")
    forged = ask(connector, challengeCode='hmacsha256={"leadGenFormResponse": "forged"}')

    assert answer.json() == {"challengeCode": code, "challengeResponse": mac("client-secret", code.encode())}
    assert forged.status_code == 403


def test_zoom_gets_its_token_signed_only_if_it_signed_the_request_itself():
    vendor = VENDORS["zoom"]
    connector = vendor.connect()
    body = vendor.body({"event": "endpoint.url_validation", "event_ts": 1, "payload": {"plainToken": "qgg8vlvZRS6"}})

    answer = vendor.send(connector, body)
    stranger = vendor.send(connector, body, secret="guessed")

    signed = hmac.new(b"zoom-token", b"qgg8vlvZRS6", hashlib.sha256).hexdigest()
    assert answer.json() == {"plainToken": "qgg8vlvZRS6", "encryptedToken": signed}
    assert stranger.status_code == 401
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("name", VENDORS)
def test_an_address_that_is_only_looked_at_answers(name):
    connector = VENDORS[name].connect()
    path = f"/hooks/{connector.provider}/{connector.key}"

    assert Client().get(path).status_code == 200
    assert Client().head(path).status_code == 200
    assert Client().put(path, b"{}").status_code == 405


# --- While a secret is exchanged for another


@pytest.mark.parametrize(
    ("name", "header", "between"),
    [("stripe", "Stripe-Signature", ","), ("webhook by Standard Webhooks", "webhook-signature", " ")],
)
def test_of_several_signatures_one_has_to_fit(name, header, between):
    vendor = VENDORS[name]
    connector, now = vendor.connect(), timezone.now()
    body = vendor.body(vendor.payload("a", AN_HOUR_AGO))
    right = vendor.sign(vendor.secret, body, now, "")
    other = vendor.sign("whsec_YW5vdGhlciBzZWNyZXQgb2YgYSB0ZXN0IGFzIGxvbmc=", body, now, "")
    strange = other[header].replace(f"t={now.timestamp():.0f},", "")

    wrong = vendor.send(connector, body, at=now, headers={header: other[header] + between + strange})
    fitting = vendor.send(connector, body, at=now, headers={header: right[header] + between + strange})

    assert (wrong.status_code, fitting.status_code) == (401, 200)


# --- Tests of the vendors' own


def test_googles_test_data_makes_no_lead_and_google_ids_keep_their_digits(work):
    said = {**VENDORS["google-ads"].payload("a", AN_HOUR_AGO), "is_test": True}
    connector = send("google-ads", said)
    send("google-ads", {**said, "is_test": False}, connector)
    work()

    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["test", "processed"]
    assert Event.objects.get(kind="form_submitted").properties["form"] == "9223372036854775807"
    assert b"key-of-google" not in b"".join(bytes(body) for body in Delivery.objects.values_list("body", flat=True))


@pytest.mark.parametrize(
    ("name", "change", "headers"),
    [
        ("stripe", {"livemode": False}, {}),
        ("shopify", {}, {"X-Shopify-Test": "true"}),
        ("intercom", {"topic": "ping"}, {}),
    ],
)
def test_what_a_vendor_marks_as_a_test_makes_no_lead(name, change, headers, work):
    send(name, {**VENDORS[name].payload("a", AN_HOUR_AGO), **change}, headers=headers)
    work()

    assert outcome()[0] == DeliveryState.TEST
    assert not Lead.objects.exists()


# --- Any signed JSON


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ({"url": "https://acme.example/pricing?x=1"}, "/pricing"),
        ({"url": "https://acme.example"}, "/"),
        ({"url": "https://acme.example/pricing", "path": "/own"}, "/own"),
        ({"url": 7}, None),
    ],
)
def test_a_path_is_filled_from_an_address(page, path, work):
    said = VENDORS["webhook"].payload("a", AN_HOUR_AGO)
    send("webhook", {**said, "data": {**said["data"], **page}})
    work()

    assert Event.objects.get(kind="demo_requested").properties.get("path") == path


# --- Mailchimp


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


# --- Twilio


def test_behind_a_proxy_the_public_address_is_what_twilio_signed(settings):
    settings.PUBLIC_URL = "https://crm.example.com"

    send("twilio", VENDORS["twilio"].payload("a", NOW))

    assert Delivery.objects.count() == 1


def test_json_from_twilio_is_signed_by_its_hash_in_the_address(settings):
    connector = VENDORS["twilio"].connect()
    body = json.dumps(VENDORS["twilio"].payload("a", NOW)).encode()
    path = f"/hooks/twilio/{connector.key}/?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator("auth-token").compute_signature(settings.PUBLIC_URL + path, {})
    how = {"content_type": "application/json", "headers": {"X-Twilio-Signature": signature}}

    assert Client().post(path, body + b" ", **how).status_code == 401
    assert Client().post(path, body, **how).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"CallStatus": "no-answer"},
        {"CallDuration": "0"},
        {"CallStatus": "ringing"},
        {"From": "+266696687"},
        {"From": ""},
    ],
)
def test_a_call_without_a_conversation_or_a_number_is_no_call(change, work):
    send("twilio", {**VENDORS["twilio"].payload("a", NOW), **change})
    work()

    assert outcome()[0] == DeliveryState.IGNORED
    assert not Lead.objects.exists()


def test_the_steps_of_one_call_count_once_and_our_own_calls_are_ours(work):
    said = VENDORS["twilio"].payload("a", NOW)
    connector = send("twilio", {**said, "CallStatus": "ringing", "SequenceNumber": "1"})
    send("twilio", said, connector)
    send("twilio", {**said, "SequenceNumber": "4"}, connector)
    send(
        "twilio",
        {**said, "CallSid": "CAout", "Direction": "outbound-api", "To": PHONE, "From": "+15005550001"},
        connector,
    )
    work()

    assert kinds() == ["call_made", "call_received"]
    assert Lead.objects.get().phone == PHONE


# --- Calendly


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_meeting_that_moves_is_booked_once_in_whatever_order_it_is_told(order, work):
    vendor = VENDORS["calendly"]
    first, second = vendor.payload("a", AN_HOUR_AGO), vendor.payload("b", NOW - timedelta(minutes=5))
    cancelled = vendor.payload("a", NOW - timedelta(minutes=6)) | {"event": "invitee.canceled"}
    cancelled["payload"] |= {"rescheduled": True, "status": "canceled"}
    second["payload"]["old_invitee"] = first["payload"]["uri"]
    connector = vendor.connect()

    for number in order:
        send("calendly", [first, cancelled, second][number], connector)
    work()

    assert kinds() == ["meeting_booked", "meeting_rescheduled"]


# --- Chats


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("crisp", lambda said: said["data"].update({"from": "operator"})),
        ("chatwoot", lambda said: said.update({"message_type": "outgoing"})),
        ("intercom", lambda said: said["data"]["item"]["source"]["author"].update({"type": "admin"})),
    ],
)
def test_what_we_write_ourselves_counts_for_nothing(name, change, work):
    said = VENDORS[name].payload("a", AN_HOUR_AGO)
    change(said)
    send(name, said)
    work()

    assert outcome()[0] == DeliveryState.IGNORED
    assert not Event.objects.exists()


def test_a_crisp_visitor_who_gives_the_address_later_becomes_a_lead_with_the_chat(work):
    chat = VENDORS["crisp"].payload("a", AN_HOUR_AGO)
    chat["data"]["user"] = {"nickname": "visitor12"}
    connector = send("crisp", chat)
    work()
    assert not Lead.objects.exists()

    send("crisp", {"event": "session:set_email", "data": {"session_id": "session_a", "email": EMAIL}}, connector)
    work()

    assert kinds() == ["chat_engaged"]
    assert Event.objects.get(kind="chat_engaged").lead == Lead.objects.get(email=EMAIL)


# --- Stripe


def change_of(said, event, before, **thing):
    said = json.loads(json.dumps(said)) | {"id": f"evt_{event}_{before}", "type": f"customer.subscription.{event}"}
    said["data"]["object"] |= thing
    said["data"]["previous_attributes"] = {"status": before} if before else {}
    return said


def test_a_trial_starts_converts_and_ends_once_each(work):
    said = VENDORS["stripe"].payload("a", AN_HOUR_AGO)
    connector = send("stripe", said)
    for event, before, status in (
        ("trial_will_end", "", "trialing"),
        ("updated", "", "trialing"),
        ("updated", "trialing", "active"),
        ("updated", "active", "past_due"),
        ("deleted", "", "canceled"),
    ):
        ended_at = said["data"]["object"]["trial_end"] + 90
        send("stripe", change_of(said, event, before, status=status, ended_at=ended_at), connector)
    work()

    assert kinds() == ["trial_converted", "trial_ending", "trial_started"]


@pytest.mark.parametrize("first", ["customer", "subscription"])
def test_a_subscription_finds_its_customers_address_in_whatever_order(first, work):
    said = VENDORS["stripe"].payload("a", AN_HOUR_AGO)
    said["data"]["object"]["metadata"] = {}
    customer = {**said, "id": "evt_c", "type": "customer.created"}
    customer["data"] = {"object": {"id": "cus_a", "email": EMAIL, "name": "Pia Roth"}}
    connector = VENDORS["stripe"].connect()

    for one in (customer, said) if first == "customer" else (said, customer):
        send("stripe", one, connector)
        work()

    lead = Lead.objects.current().get()
    assert lead.email == EMAIL
    assert set(lead.events.values_list("kind", flat=True)) == {"identified", "trial_started"}


# --- Zoom, Shopify, LinkedIn, Meta


def test_what_a_registrant_of_zoom_answered_is_the_leads(work):
    said = VENDORS["zoom"].payload("a", AN_HOUR_AGO)
    said["payload"]["object"]["registrant"] |= {
        "phone": PHONE,
        "no_of_employees": "51-200",
        "custom_questions": [{"title": "Which machine?", "value": "Two groups"}],
    }
    send("zoom", said)
    work()

    lead = Lead.objects.get()
    assert (lead.first_name, lead.last_name, lead.title, lead.phone) == ("Pia", "Roth", "Head of Office", PHONE)
    assert lead.organization.name == "Harbor Medical"
    assert lead.attributes == {"no_of_employees": "51-200", "Which machine?": "Two groups"}


def test_a_typeform_that_was_left_halfway_makes_nothing_until_it_is_sent(work):
    said = VENDORS["typeform"].payload("a", AN_HOUR_AGO)
    connector = send("typeform", {**said, "event_type": "form_response_partial"})
    work()
    assert outcome()[0] == DeliveryState.IGNORED

    send("typeform", said, connector)
    work()

    assert kinds() == ["form_submitted"]


def test_who_leaves_a_webinar_and_comes_back_attended_once(work):
    joined = VENDORS["zoom"].payload("a", AN_HOUR_AGO)
    joined["event"] = "webinar.participant_joined"
    del joined["payload"]["object"]["registrant"]
    joined["payload"]["object"]["participant"] = {"user_name": "Pia Roth", "email": EMAIL, "user_id": "1"}
    connector = send("zoom", joined)
    send("zoom", {**joined, "event_ts": joined["event_ts"] + 60_000}, connector)
    work()

    assert kinds() == ["webinar_attended"]
    assert Event.objects.get(kind="webinar_attended").properties["webinar"] == "Scoring 101"


def test_an_old_delivery_of_shopify_is_logged_and_makes_nothing(work):
    send("shopify", VENDORS["shopify"].payload("a", NOW), at=NOW - timedelta(days=3))
    work()

    state, reason = outcome()
    assert (state, "old delivery" in reason) == (DeliveryState.IGNORED, True)


def test_a_lead_deleted_at_linkedin_leaves_a_note_on_the_lead(apis, work):
    said = VENDORS["linkedin"].payload("a", AN_HOUR_AGO)
    connector = send("linkedin", said)
    send("linkedin", {**said, "leadAction": "DELETED"}, connector)
    work()

    lead = Lead.objects.get()
    assert lead.events.filter(kind="erasure_requested").count() == 1
    # In seconds or in milliseconds, it is the same moment.
    send("linkedin", {**said, "leadGenFormResponse": "urn:li:x:2", "leadAction": "DELETED", "occurredAt": 1795300000})
    work()
    assert Event.objects.latest("id").occurred_at == datetime.fromtimestamp(1795300000, UTC)


def test_linkedin_answers_are_read_by_the_forms_own_questions(apis, work):
    send("linkedin", VENDORS["linkedin"].payload("a", AN_HOUR_AGO))
    work()

    form = Event.objects.get(kind="form_submitted")
    assert form.properties["Machines"] == "Two"
    assert form.properties["campaign"] == "urn:li:sponsoredCampaign:9"
    assert apis.asked[0][2]["authorization"] == "Bearer member-token"
    assert [path for path, _, _ in apis.asked] == ["/linkedin/leadFormResponses/a-77", "/linkedin/leadForms/3162"]


def test_a_request_of_meta_with_many_leads_is_taken_apart(apis, work):
    one, other = (VENDORS["meta"].payload(name, AN_HOUR_AGO) for name in "ab")
    both = {"object": "page", "entry": one["entry"] + other["entry"]}
    connector = send("meta", both)
    send("meta", one, connector)
    work()

    assert Delivery.objects.count() == 2
    assert sorted(Delivery.objects.values_list("repeats", flat=True)) == [0, 1]
    assert Event.objects.filter(kind="form_submitted").count() == 2
    assert "page-token" not in apis.asked[0][0] + str(apis.asked[0][1])
    assert apis.asked[0][1]["appsecret_proof"] == [mac("app-secret", b"page-token")]


def test_content_that_cannot_be_fetched_is_pending_and_tried_again(apis, work):
    apis.next = [(500, {}), (400, {"error": {"code": 4, "message": "Too many calls"}})]
    send("meta", VENDORS["meta"].payload("a", AN_HOUR_AGO))
    work()
    assert outcome()[0] == DeliveryState.PENDING
    work()
    assert len(apis.asked) == 1, "not before its time"

    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        work()
        assert "Too many calls" in outcome()[1]
    with time_machine.travel(timezone.now() + timedelta(seconds=120)):
        work()

    assert outcome()[0] == DeliveryState.PROCESSED
    assert kinds() == ["ad_clicked", "form_submitted"]


class Archive:
    """Fetches from somewhere else than Meta: whoever installs LeadCRM may name a client of their own."""

    def __init__(self, secrets):
        self.token = secrets["access_token"]

    def fetch(self, reference):
        return {**GRAPH_LEAD, "ad_id": "", "campaign_name": f"{self.token} for {reference}"}


def test_content_is_fetched_by_the_client_that_settings_name(settings, work):
    settings.CONTENT_CLIENTS = {**settings.CONTENT_CLIENTS, "meta": f"{__name__}.Archive"}
    said = VENDORS["meta"].payload("a", AN_HOUR_AGO)
    send("meta", said)
    work()

    leadgen_id = said["entry"][0]["changes"][0]["value"]["leadgen_id"]
    assert Lead.objects.get().email == EMAIL
    assert Event.objects.get(kind="form_submitted").properties["campaign"] == f"page-token for {leadgen_id}"


def test_a_token_that_expired_fails_at_once_and_a_replay_mends_it(apis, work):
    apis.next = [(400, {"error": {"code": 190, "message": "Session has expired"}})]
    connector = send("meta", VENDORS["meta"].payload("a", AN_HOUR_AGO))
    work()
    assert outcome() == (DeliveryState.FAILED, "Meta did not give the lead: Session has expired")

    assert len(replay_failed(connector, now=timezone.now())) == 1
    work()

    assert outcome()[0] == DeliveryState.PROCESSED


def test_ids_of_two_vendors_never_meet(apis, work):
    for name in ("stripe", "crisp", "intercom", "chatwoot", "shopify"):
        send(name, VENDORS[name].payload("same", AN_HOUR_AGO))
    work()

    values = Identifier.objects.filter(kind="anonymous_id").values_list("value", flat=True)
    assert {value.partition(":")[0] for value in values} == {"stripe", "crisp", "intercom", "chatwoot", "shopify"}
