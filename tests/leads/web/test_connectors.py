"""Connecting a vendor, its log, replay, the test and the mapping, as people use them."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from leads.channels.connectors.process import process_due
from leads.channels.connectors.registry import PROVIDERS
from leads.models import AuditEntry, Connector, Delivery, DeliveryState, Event, Lead, Source
from leads.secrets import unseal
from tests.leads.channels.connectors.vendors import EMAIL, VENDORS
from tests.make import NOON, make_connector, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(settings) -> None:
    settings.REDIS_URL = ""


@pytest.fixture
def browser(signed_in, manager):
    return signed_in(manager)


def make_delivery(connector, number=0, **fields) -> Delivery:
    defaults = {"dedupe_key": f"d-{number}", "body": b'{"id": 1}', "received_at": NOON, "state": DeliveryState.FAILED}
    return Delivery.objects.create(connector=connector, **{**defaults, **fields})


@pytest.mark.parametrize("key", PROVIDERS)
def test_every_vendor_can_be_connected_and_its_test_arrives_and_makes_nothing(
    key, browser, django_capture_on_commit_callbacks
):
    provider = PROVIDERS[key]
    secrets = {f"secret_{field.name}": "whsec_c2VjcmV0IG9mIHRoaXMgdGVzdA==" for field in provider.secrets}
    options = {f"option_{field.name}": field.default for field in provider.options}
    assert browser.get(f"/connectors/add/{key}/").status_code == 200

    answer = browser.post(f"/connectors/add/{key}/", {"name": "Ours", **secrets, **options})

    connector = Connector.objects.get()
    assert answer["Location"] == f"/connectors/{connector.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(f"/connectors/{connector.pk}/test/").status_code == 302
    page = browser.get(f"/connectors/{connector.pk}/").content.decode()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.is_trial) == (DeliveryState.TEST, True), delivery.reason
    assert "A test: " in page or "Google marked it as test data" in page or "No mapping yet" in page
    assert not Event.objects.exists()
    assert not Lead.objects.exists()


def test_a_secret_is_kept_sealed_never_shown_and_replaced_only(browser):
    browser.post(
        "/connectors/add/stripe/", {"name": "Shop", "secret_signing_secret": "whsec_first", "option_test_mode": ""}
    )
    connector = Connector.objects.get()
    assert "whsec_first" not in connector.sealed_secrets

    pages = [browser.get(f"/connectors/{connector.pk}/{end}").content.decode() for end in ("", "edit/")]
    browser.post(f"/connectors/{connector.pk}/edit/", {"name": "Shop 2", "secret_signing_secret": ""})
    connector.refresh_from_db()
    assert (connector.name, unseal(connector.sealed_secrets)) == ("Shop 2", {"signing_secret": "whsec_first"})
    browser.post(f"/connectors/{connector.pk}/edit/", {"name": "Shop", "secret_signing_secret": "whsec_other"})
    connector.refresh_from_db()

    assert not any("whsec_first" in page for page in pages)
    assert unseal(connector.sealed_secrets) == {"signing_secret": "whsec_other"}
    assert "whsec" not in "".join(AuditEntry.objects.values_list("subject", flat=True))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"name": "Shop"}, "This field is required"),
        ({"name": "", "secret_signing_secret": "x"}, "This field is required"),
        ({"name": "Taken", "secret_signing_secret": "x"}, "There is a connector “Taken” already"),
        ({"name": "Shop", "secret_signing_secret": "x", "option_test_mode": "?"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_or_taken_is_said_and_nothing_is_stored(said, problem, browser):
    make_connector("stripe", name="Taken")

    answer = browser.post("/connectors/add/stripe/", said)

    assert answer.status_code == 400
    assert problem in answer.content.decode()
    assert Connector.objects.count() == 1


def test_the_log_is_paged_and_filtered_in_a_fixed_number_of_queries(browser, django_assert_num_queries):
    connector = make_connector("stripe")
    for number in range(60):
        state = DeliveryState.FAILED if number % 2 else DeliveryState.IGNORED
        make_delivery(connector, number, state=state, reason=f"Reason {number}.", lead=make_lead())
    path = f"/connectors/{connector.pk}/"
    with django_assert_num_queries(9):
        first = browser.get(path).content.decode()

    failed = browser.get(f"{path}?state=failed").content.decode()

    assert "Reason 59." in first
    assert "Reason 9." not in first
    assert "Reason 58." not in failed
    assert "Reason 1." in failed
    following = first.split('rel="next" href="')[1].split('"')[0]
    assert "Reason 9." in browser.get(following).content.decode()
    assert browser.get(f"{path}?after=nonsense").status_code == 200


def test_the_list_costs_the_same_for_many_connectors(browser, django_assert_num_queries):
    for name in ("stripe", "zoom", "crisp"):
        make_delivery(make_connector(name), received_at=timezone.now())

    with django_assert_num_queries(8):
        page = browser.get("/connectors/").content.decode()

    assert page.count("1 failed") == 3


def test_a_failed_delivery_is_looked_at_and_replayed(browser):
    vendor = VENDORS["stripe"]
    connector = vendor.connect()
    said = vendor.payload("a", timezone.now() - timedelta(hours=1))
    delivery = make_delivery(connector, body=json.dumps(said).encode(), reason="An error of our own.")
    path = f"/connectors/{connector.pk}/deliveries/{delivery.pk}/"
    assert "sub_a" in browser.get(path).content.decode()

    page = browser.post(f"{path}replay/", follow=True).content.decode()

    assert "Replayed. “Started a trial” for" in page
    assert Lead.objects.get().email == EMAIL
    assert browser.get(f"/connectors/{make_connector().pk}/deliveries/{delivery.pk}/").status_code == 404


def test_a_body_is_shown_as_text_and_never_as_markup(browser):
    delivery = make_delivery(make_connector(), body=b"<script>alert(1)</script>\xff")

    page = browser.get(f"/connectors/{delivery.connector_id}/deliveries/{delivery.pk}/").content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_generic_webhook_is_mapped_from_its_last_delivery_and_replayed(browser):
    connector = make_connector("webhook", settings={"way": "address"})
    body = {"event": "Quote Requested", "uuid": "m-1", "lead": {"mail": EMAIL, "full_name": "Pia Roth"}, "cups": 80}
    browser.post(f"/hooks/webhook/{connector.key}/", json.dumps(body), content_type="application/json")
    process_due(clock=timezone.now)
    assert Delivery.objects.get().reason.startswith("No mapping yet")
    path = f"/connectors/{connector.pk}/mapping/"

    guessed = browser.get(path).content.decode()
    browser.post(
        path, {"do": "save", "email": "lead.mail", "name": "lead.full_name", "kind": "event", "message_id": "uuid"}
    )
    browser.post(f"/connectors/{connector.pk}/deliveries/{Delivery.objects.get().pk}/replay/")

    for part in ('value="lead.mail"', 'value="lead.full_name"', 'value="event"', 'value="uuid"', "Asked for a quote"):
        assert part in guessed
    event = Event.objects.get()
    assert (event.kind, event.message_id, event.properties["cups"]) == ("quote_requested", "m-1", 80)
    assert event.lead.last_name == "Roth"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"email": "with space"}, "must be a path such as data.email"),
        ({"name": "a.b"}, "one of them is needed"),
    ],
)
def test_a_mapping_that_finds_nobody_is_refused(said, problem, browser):
    connector = make_connector("webhook")

    answer = browser.post(f"/connectors/{connector.pk}/mapping/", {"do": "save", "sample": '{"a": 1}', **said})

    assert answer.status_code == 400
    assert problem in answer.content.decode()
    connector.refresh_from_db()
    assert "mapping" not in connector.settings


def test_a_connector_is_switched_off_and_on_renewed_and_removed(browser):
    connector = VENDORS["stripe"].connect()
    old_key = connector.key
    browser.post(f"/connectors/{connector.pk}/switch/")
    connector.refresh_from_db()
    assert not connector.is_active
    browser.post(f"/connectors/{connector.pk}/switch/")
    assert browser.get(f"/connectors/{connector.pk}/renew/").status_code == 200
    browser.post(f"/connectors/{connector.pk}/renew/")
    connector.refresh_from_db()
    assert connector.is_active
    assert connector.key != old_key
    make_delivery(connector)

    assert "1 delivery" in browser.get(f"/connectors/{connector.pk}/remove/").content.decode()
    browser.post(f"/connectors/{connector.pk}/remove/")

    assert not Connector.objects.exists()
    assert not Delivery.objects.exists()
    assert not Source.objects.filter(name__startswith="stripe").exists()


def test_a_marketer_reads_tests_and_replays_but_enters_no_secret(signed_in, marketer):
    browser = signed_in(marketer)
    connector = VENDORS["stripe"].connect()

    page = browser.get("/connectors/").content.decode()

    assert "Managers and admins connect" in page
    assert "/connectors/add/" not in page
    assert browser.post(f"/connectors/{connector.pk}/test/").status_code == 302
    assert browser.post(f"/connectors/{connector.pk}/edit/").status_code == 403
