"""Two workers score the same leads while clients keep sending, and an admin publishes other rules in the middle."""

import random
import threading
from datetime import timedelta

import requests
from django.utils import timezone

from leads.models import Event, Lead
from scoring.qualification.turns import PARTS
from tests.faults.exact import assert_everything_is_exact, publish_now
from tests.make_rules import PRICING, TRIAL

CLIENTS, BATCHES, BATCH = 3, 25, 20
PEOPLE = 30
EVENTS = ["Trial Started", "eBook Downloaded", "Webinar Registered", "Demo Requested", "Signed In"]


class Client(threading.Thread):
    """Sends batches about the same people as the others, some events twice, some batches twice, in no order of time."""

    def __init__(self, house, number: int) -> None:
        super().__init__()
        self.house, self.number = house, number
        self.random = random.Random(number)
        self.sent: set[str] = set()
        self.halfway = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with requests.Session() as session:
                for number in range(BATCHES):
                    batch = [self.message(f"{self.number}-{number}-{position}") for position in range(BATCH)]
                    batch.append(self.random.choice(batch))
                    for _ in range(self.random.choice([1, 1, 1, 2])):
                        self.house.send(*batch, session=session)
                    if number == BATCHES // 2:
                        self.halfway.set()
        except BaseException as failure:
            self.failure = failure
        finally:
            self.halfway.set()

    def message(self, message_id: str) -> dict:
        person = self.random.randrange(PEOPLE)
        self.sent.add(message_id)
        at = timezone.now() - timedelta(minutes=self.random.randrange(60 * 24 * 60))
        message = {"messageId": message_id, "timestamp": at.isoformat(), **self.sender(person)}
        kind = self.random.random()
        if kind < 0.15:
            # User id, address and telephone number meet here, and leads known by one of them become one.
            contact = {"email": f"person{person}@example.com", "phone": f"+1 212 555 {person:04}"}
            traits = {name: contact[name] for name in contact if self.random.random() < 0.7}
            return {**message, "type": "identify", "traits": traits}
        if kind < 0.35:
            return {**message, "type": "page", "properties": {"path": "/pricing"}}
        return {**message, "type": "track", "event": self.random.choice(EVENTS)}

    def sender(self, person: int) -> dict:
        known = {"userId": f"user-{person}"}
        visitor = {"anonymousId": f"visitor-{person}"}
        return self.random.choice([known, visitor, {**known, **visitor}])


def test_no_update_is_lost_while_clients_send_workers_score_and_rules_change(house):
    publish_now()
    clients = [Client(house, number) for number in range(CLIENTS)]
    complaints, changed = house.complaints(), None

    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        # More than one task a part: both workers score the same leads, not just leads of different parts.
        for part in range(PARTS):
            house.score(part)
        if clients[0].halfway.wait(0.1) and changed is None:
            changed = publish_now({**TRIAL, "points": 20}, PRICING, mql_threshold=30)
    house.settle()

    assert [client.failure for client in clients] == [None] * CLIENTS
    assert set(Event.objects.values_list("message_id", flat=True)) == set.union(*(client.sent for client in clients))
    assert Event.objects.count() == CLIENTS * BATCHES * BATCH
    assert all(mine == owners for mine, owners in Event.objects.values_list("lead_id", "identifier__lead_id"))
    assert set(Lead.objects.current().values_list("decided_version", flat=True)) == {changed.version}
    assert_everything_is_exact()
    assert house.complaints() == complaints
