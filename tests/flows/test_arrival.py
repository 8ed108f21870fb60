"""What reaches the server late, twice or broken: the lead comes out the same."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import requests
from django.urls import reverse

from leads.models import Event, Lead, RejectedEvent
from tests.flows.conftest import write_key
from tests.processes import PATIENCE

# Within one week and one month, whenever the test runs; so long ago that no clock is ahead of it.
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CALLS = ("page", "identify", "track")


def send(tracker, call: str, person: str) -> None:
    """Send what a person did, at its own time, whatever the order."""
    if call == "page":
        tracker.page(anonymous_id=f"anonymous-{person}", properties={"path": "/pricing"}, timestamp=MONDAY)
    elif call == "identify":
        traits = {"email": f"{person}@acme.com", "title": "Head of Office"}
        tracker.identify(person, traits, anonymous_id=f"anonymous-{person}", timestamp=MONDAY + timedelta(hours=1))
    else:
        tracker.track(person, "Trial Started", timestamp=MONDAY + timedelta(hours=2))
    tracker.flush()


def batch(product: str, key: str, *messages: object) -> requests.Response:
    return requests.post(f"{product}/v1/batch", json={"batch": messages}, auth=(key, ""), timeout=PATIENCE)


def trial(message_id: str, **fields: object) -> dict:
    return {"type": "track", "event": "Trial Started", "userId": "user-1", "messageId": message_id, **fields}


KNOWN = {
    "type": "identify",
    "userId": "user-1",
    "anonymousId": "visitor-1",
    "messageId": "known",
    "traits": {"email": "ada@acme.com"},
}


def test_every_order_of_arrival_makes_the_same_lead(tracker, rest):
    people = [f"person-{number}" for number in range(6)]

    for person, order in zip(people, permutations(CALLS), strict=True):
        for call in order:
            send(tracker, call, person)

    # A quarter of a year later nothing of it is in memory; at noon of the day all of it is.
    noon = (MONDAY + timedelta(hours=3)).isoformat()
    for person in people:
        lead = rest.lead_when(f"{person}@acme.com", fit=16)
        explained = rest.get(f"/leads/{lead['id']}/explanation/", as_of=noon)
        kinds = sorted(event["kind"] for event in rest.get(f"/leads/{lead['id']}/events/")["results"])
        assert kinds == ["identified", "page_viewed", "trial_started"]
        # 2 points three hours old, 15 points one hour old; half-life 14 d.
        assert explained["behaviour"] == pytest.approx(2 * 2 ** (-3 / 336) + 15 * 2 ** (-1 / 336), abs=1e-6)
    assert Lead.objects.current().count() == 6


def test_a_retry_with_the_same_message_ids_changes_nothing(product, rest):
    key = write_key()
    messages = [KNOWN, trial("a"), trial("b", event="Demo Requested")]
    assert batch(product, key, *messages).status_code == 200
    before = rest.lead_when("ada@acme.com", stage="sql")
    explained = rest.get(f"/leads/{before['id']}/explanation/", as_of=before["scored_at"])

    answers = [batch(product, key, *messages), batch(product, key, *reversed(messages)), batch(product, key, KNOWN)]

    assert [answer.json() for answer in answers] == [{"success": True}] * 3
    after = rest.lead_of("ada@acme.com")
    assert Event.objects.count() == 3
    assert rest.get(f"/leads/{after['id']}/explanation/", as_of=before["scored_at"]) == explained
    same = ("id", "stage", "stage_changed_at", "last_event_at", "score", "created_at")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_two_sources_may_use_the_same_message_ids(product, rest):
    first, second = write_key(), write_key()

    batch(product, first, KNOWN, trial("a", event="Store Visit"))
    batch(product, second, trial("a", event="Store Visit"))

    # Visited showroom: 7 points, two a month.
    lead = rest.lead_when("ada@acme.com", behaviour=pytest.approx(14, abs=0.01))
    assert len(rest.get(f"/leads/{lead['id']}/events/")["results"]) == 3


def test_bad_events_are_listed_with_their_reasons_and_the_good_ones_count(product, rest, admin_user, signed_in):
    bad = [
        {"type": "track", "userId": "user-1", "messageId": "nameless"},
        {"type": "track", "event": "Trial Started", "messageId": "nobody"},
        {"type": "tracks", "userId": "user-1"},
        "no event at all",
        trial("x" * 101),
        trial("large", properties={"text": "x" * 33_000}),
    ]

    answer = batch(product, write_key(), KNOWN, *bad, trial("good"))

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    lead = rest.lead_when("ada@acme.com", stage="mql")
    assert {event["message_id"] for event in rest.get(f"/leads/{lead['id']}/events/")["results"]} == {"known", "good"}
    reasons = list(RejectedEvent.objects.order_by("id").values_list("reason", flat=True))
    expected = ["event's name", "userId or an anonymousId", "type must be", "object", "messageId", "32,768 bytes"]
    assert len(reasons) == len(expected)
    assert all(part in reason for part, reason in zip(expected, reasons, strict=True))
    shown = signed_in(admin_user).get(reverse("admin:leads_rejectedevent_changelist")).content.decode()
    assert "userId or an anonymousId" in shown


def test_an_alias_that_comes_late_joins_what_was_done_before(product, rest):
    key = write_key()
    visit = {"type": "page", "anonymousId": "old-phone", "messageId": "visit", "properties": {"path": "/pricing"}}
    batch(product, key, visit)
    batch(product, key, KNOWN)
    assert rest.lead_when("ada@acme.com", fit=4)["behaviour"] == 0

    batch(product, key, {"type": "alias", "previousId": "old-phone", "userId": "user-1", "messageId": "alias"})

    rest.lead_when("ada@acme.com", behaviour=pytest.approx(2, abs=0.01))
