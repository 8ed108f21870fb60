"""What must hold for every vendor: who is believed, what is stored, and that a lead has the right events once."""

import json
from datetime import timedelta
from itertools import cycle

import pytest
from django.utils import timezone

from leads.channels.connectors.connect import replay
from leads.models import Delivery, DeliveryState, Event, Lead
from tests.leads.channels.connectors.vendors import EMAIL, PHONE, VENDORS

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("name", VENDORS)
SIGNING = pytest.mark.parametrize("name", [name for name, vendor in VENDORS.items() if not vendor.signs_nothing])
STAMPED = pytest.mark.parametrize("name", [name for name, vendor in VENDORS.items() if vendor.tolerance])
WITH_FORMS = pytest.mark.parametrize("name", [name for name, vendor in VENDORS.items() if vendor.has_forms])
AN_HOUR_AGO = timezone.now() - timedelta(hours=1)


def lead_of(vendor) -> Lead:
    field = {"phone": PHONE} if vendor.by_phone else {"email": EMAIL}
    return Lead.objects.current().get(**field)


def kinds_of(lead: Lead) -> tuple[str, ...]:
    return tuple(sorted(lead.events.values_list("kind", flat=True)))


def state_of(connector) -> tuple[str, str]:
    return Delivery.objects.filter(connector=connector).values_list("state", "reason").get()


@EVERY
def test_an_authentic_delivery_makes_the_right_lead_and_events(name, apis, work):
    vendor = VENDORS[name]
    connector = vendor.connect()

    answer = vendor.send(connector, vendor.body(vendor.payload("a", AN_HOUR_AGO)))

    assert (answer.status_code, answer.content) == (200, b"{}")
    assert state_of(connector)[0] == DeliveryState.WAITING
    assert not Event.objects.exists()
    work()
    state, reason = state_of(connector)
    assert state == DeliveryState.PROCESSED, reason
    assert kinds_of(lead_of(vendor)) == vendor.makes
    assert Lead.objects.count() == 1
    delivery = Delivery.objects.get()
    assert (delivery.lead, delivery.events_made) == (lead_of(vendor), len(vendor.makes))
    assert {event.source for event in Event.objects.all()} == {connector.source}


@EVERY
def test_what_is_sent_again_changes_nothing_and_is_seen(name, apis, work):
    vendor = VENDORS[name]
    connector = vendor.connect()
    body = vendor.body(vendor.payload("a", AN_HOUR_AGO))
    vendor.send(connector, body)
    work()

    answers = [vendor.send(connector, body).status_code for _ in range(2)]
    work()

    assert answers == [200, 200]
    assert kinds_of(lead_of(vendor)) == vendor.makes
    assert Delivery.objects.get().repeats == 2


@EVERY
def test_a_replay_tells_nothing_twice(name, apis, work):
    vendor = VENDORS[name]
    vendor.send(vendor.connect(), vendor.body(vendor.payload("a", AN_HOUR_AGO)))
    work()

    replay(Delivery.objects.get(), now=timezone.now())
    work()

    assert kinds_of(lead_of(vendor)) == vendor.makes
    assert Delivery.objects.get().reason == "Known already: it tells of nothing new."


@EVERY
def test_the_order_of_arrival_makes_no_difference(name, apis, work):
    vendor = VENDORS[name]
    bodies = [vendor.body(vendor.payload(one, AN_HOUR_AGO - timedelta(days=day))) for day, one in enumerate("abc")]
    outcomes = []
    for order in (bodies, bodies[::-1]):
        connector = vendor.connect()
        for body in order:
            vendor.send(connector, body)
        work()
        events = Event.objects.filter(source=connector.source).order_by("message_id")
        outcomes.append(list(events.values_list("message_id", "kind", "occurred_at", "lead")))

    assert outcomes[0] == outcomes[1]
    assert Lead.objects.current().count() == 1


@SIGNING
def test_a_wrong_secret_is_refused_and_nothing_of_it_kept(name):
    vendor = VENDORS[name]
    connector = vendor.connect()
    said = vendor.payload("a", AN_HOUR_AGO)
    if vendor.signs_in_body:
        said["google_key"] = "guessed"

    answer = vendor.send(connector, vendor.body(said), secret="whsec_Z3Vlc3NlZCBndWVzc2VkIGd1ZXNzZWQ=")

    assert answer.status_code == 401
    assert not Delivery.objects.exists()
    connector.refresh_from_db()
    assert connector.refused_count == 1
    assert connector.refused_at is not None
    assert connector.refused_reason


@pytest.mark.parametrize(
    "name", [name for name, vendor in VENDORS.items() if not (vendor.signs_in_body or vendor.signs_nothing)]
)
def test_a_body_that_was_changed_on_the_way_is_refused(name):
    vendor = VENDORS[name]
    said = vendor.payload("a", AN_HOUR_AGO)

    answer = vendor.send(vendor.connect(), vendor.body({**said, "one": "more"}), signed=vendor.body(said))

    assert answer.status_code == 401
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "name", [name for name, vendor in VENDORS.items() if not (vendor.signs_in_body or vendor.signs_nothing)]
)
def test_a_delivery_without_a_signature_is_refused(name, client):
    vendor = VENDORS[name]
    connector = vendor.connect()

    answer = client.post(
        f"/hooks/{connector.provider}/{connector.key}/",
        vendor.body(vendor.payload("a", AN_HOUR_AGO)),
        content_type="application/json",
    )

    assert answer.status_code == 401
    assert not Delivery.objects.exists()


@STAMPED
def test_an_old_delivery_sent_again_by_a_stranger_is_refused(name):
    vendor = VENDORS[name]
    connector = vendor.connect()
    body = vendor.body(vendor.payload("a", AN_HOUR_AGO))
    now = timezone.now()

    late = vendor.send(connector, body, at=now - timedelta(seconds=vendor.tolerance + 2))
    early = vendor.send(connector, body, at=now + timedelta(seconds=vendor.tolerance + 5))
    in_time = vendor.send(connector, body, at=now - timedelta(seconds=vendor.tolerance - 20))

    assert (late.status_code, early.status_code, in_time.status_code) == (401, 401, 200)
    connector.refresh_from_db()
    assert connector.refused_count == 2
    assert "old delivery" in connector.refused_reason


@EVERY
def test_what_is_authentic_and_broken_is_refused_as_such(name):
    vendor = VENDORS[name]
    connector = vendor.connect()

    answer = vendor.send(connector, vendor.broken)

    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "malformed"
    assert not Delivery.objects.exists()
    connector.refresh_from_db()
    assert connector.refused_reason.startswith("Malformed: ")


@WITH_FORMS
def test_an_unknown_form_is_logged_and_makes_no_lead(name, apis, work):
    vendor = VENDORS[name]
    connector = vendor.connect()
    connector.settings = {**connector.settings, "forms": "1, 2"}
    connector.save()

    answer = vendor.send(connector, vendor.body(vendor.payload("a", AN_HOUR_AGO)))
    work()

    assert answer.status_code == 200
    state, reason = state_of(connector)
    assert state == DeliveryState.IGNORED
    assert "not among the forms" in reason
    assert not Lead.objects.exists()


@EVERY
def test_a_connector_that_is_switched_off_or_gone_takes_nothing(name):
    vendor = VENDORS[name]
    off = vendor.connect(is_active=False)
    body = vendor.body(vendor.payload("a", AN_HOUR_AGO))

    answer = vendor.send(off, body)
    off.is_active, off.key = True, "another-key"
    gone = vendor.send(off, body)

    assert (answer.status_code, gone.status_code) == (403, 404)
    assert not Delivery.objects.exists()


@EVERY
def test_a_delivery_costs_a_fixed_number_of_queries(name, django_assert_max_num_queries):
    vendor = VENDORS[name]
    connector = vendor.connect()
    body = vendor.body(vendor.payload("a", AN_HOUR_AGO))

    # The connector, what is known, the insert and its ids; with savepoint and release.
    with django_assert_max_num_queries(10):
        assert vendor.send(connector, body).status_code == 200


@EVERY
def test_what_is_wrong_in_the_middle_is_kept_as_failed_or_ignored_with_a_reason(name, apis, work):
    """Every field of a delivery in turn is something else than it should be; none of it may lose the delivery."""
    vendor = VENDORS[name]
    if vendor.is_form:
        variants = [{**vendor.payload("a", AN_HOUR_AGO), field: "\x00?"} for field in vendor.payload("a", AN_HOUR_AGO)]
    else:
        variants = list(spoilt(vendor.payload("a", AN_HOUR_AGO)))
    connector = vendor.connect()

    answers = {vendor.send(connector, vendor.body(said)).status_code for said in variants}
    work()

    assert answers <= {200, 400, 401}
    assert not Delivery.objects.filter(reason__contains="error of our own").exists()
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()
    assert not Delivery.objects.exclude(state=DeliveryState.PROCESSED).filter(reason="").exists()


def spoilt(said):
    """Return copies of a JSON value, each with one thing in it exchanged for something of another type."""
    values = cycle((None, [], {}, "\x00\ud800", 10**30, True, [{"a": [1]}], -1.5e300))
    for _ in range(2):
        yield from exchanged(said, values)
        next(values)


def exchanged(said, values):
    pairs = list(said.items()) if isinstance(said, dict) else list(enumerate(said)) if isinstance(said, list) else []
    for key, inner in pairs:
        copy = json.loads(json.dumps(said))
        copy[key] = next(values)
        yield copy
        for changed in exchanged(inner, values):
            copy = json.loads(json.dumps(said))
            copy[key] = changed
            yield copy
