"""What the measured clients send: mostly what visitors do whom nobody knows, the rest what leads do."""

import base64
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from bench.load import json_request, run_load
from leads.models import Source

WRITE_KEY = "wk_bench"
HEADERS = {"Authorization": "Basic " + base64.b64encode(f"{WRITE_KEY}:".encode()).decode()}
LEADS = 1_000
VISITORS = 2_000
EVENTS = ("Page Viewed", "Page Viewed", "Page Viewed", "eBook Downloaded", "Email Opened")
PATHS = ("/pricing", "/machines/s2", "/blog/beans-or-capsules", "/lease")
BATCH = 100
VISIT = 4  # events in a row by one person
KNOWN = 4  # one person of so many is a lead


def make_source() -> Source:
    """Return the source whose write key the clients use; the first call stores it."""
    return Source.objects.get_or_create(name="Bench", write_key=WRITE_KEY, defaults={"created_at": timezone.now()})[0]


def user_id(number: int) -> str:
    """Return the user id of a lead."""
    return f"user-{number:06d}"


def anonymous_id(number: int) -> str:
    """Return the id of a visitor nobody knows."""
    return f"visitor-{number:06d}"


def identify(number: int) -> dict[str, Any]:
    """Return the call that makes a lead known."""
    traits = {"email": f"user{number}@bench{number % 97}.example", "firstName": "Bench", "lastName": f"Lead {number}"}
    return {"type": "identify", "userId": user_id(number), "traits": traits, "messageId": str(uuid.uuid4())}


def track(number: int, person: int | None = None) -> dict[str, Any]:
    """Return an event, by a person of its own unless given: one person of four is a lead."""
    person = number if person is None else person
    is_lead = person % KNOWN == 1
    who = {"userId": user_id(person // KNOWN % LEADS)} if is_lead else {"anonymousId": anonymous_id(person % VISITORS)}
    properties = {"path": PATHS[number % len(PATHS)], "title": "Coffee for offices", "number": number}
    return {
        **who,
        "event": EVENTS[number % len(EVENTS)],
        "properties": properties,
        "messageId": str(uuid.uuid4()),
        "timestamp": datetime.now(UTC).isoformat(),
    }


def batch(first: int, size: int = BATCH) -> dict[str, Any]:
    """Return a batch of events, a few by each person."""
    return {"batch": [{"type": "track", **track(number, number // VISIT)} for number in range(first, first + size)]}


def batch_request(value: dict[str, Any]) -> bytes:
    """Return a batch as it goes over the wire."""
    return json_request("/v1/batch", value, HEADERS)


def make_known(port: int) -> None:
    """Let every visitor be seen and every lead be identified once."""
    seen = ({"type": "page", "anonymousId": anonymous_id(number)} for number in range(VISITORS))
    known = (identify(number) for number in range(LEADS))
    run_load(port, [batch_request({"batch": calls}) for calls in _hundreds([*seen, *known])]).expect(200)


def _hundreds(calls: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(calls), BATCH):
        yield calls[start : start + BATCH]
