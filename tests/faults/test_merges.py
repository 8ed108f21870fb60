"""People merge leads and take them apart again while a client goes on sending to both and workers score them."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta

import requests
from django.db import connection
from django.utils import timezone
from rest_framework.authtoken.models import Token

from leads.errors import LeadError
from leads.merging.merge import merge_leads
from leads.merging.undo import undo_merge
from leads.models import Event, Identifier, Lead, Merge, Role
from scoring.qualification.turns import PARTS
from tests.faults.exact import assert_everything_is_exact, publish_now
from tests.make import make_user
from tests.make_rules import MANAGER
from tests.processes import PATIENCE

PAIRS, BATCHES, BATCH = 4, 30, 12
SIDES = ("a", "b")
EVENTS = ["Trial Started", "eBook Downloaded", "Webinar Registered", "Signed In"]
TITLES = ["Office Manager", "Founder", "Controller"]


class Doing(threading.Thread):
    """Does something until it ends by itself or has gone wrong, on a database connection of its own."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self.work = work
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self.work()
        except BaseException as failure:
            self.failure = failure
        finally:
            connection.close()


class Client:
    """Sends events of everybody, some batches twice, and knows what it said of whom."""

    def __init__(self, house) -> None:
        self.house = house
        self.random = random.Random(3)
        self.began = timezone.now() - timedelta(days=1)
        self.senders: dict[str, str] = {}
        self.titles: dict[str, str] = {}

    def introduce(self) -> None:
        """Make everybody a lead."""
        for user in users():
            self.titles[user] = TITLES[0]
            traits = {"email": f"{user}@example.com", "title": TITLES[0]}
            self.house.send(self.message(user, type="identify", traits=traits))

    def send_all(self) -> None:
        with requests.Session() as session:
            for _ in range(BATCHES):
                batch = [self.anything(self.random.choice(users())) for _ in range(BATCH)]
                for _ in range(self.random.choice([1, 1, 2])):
                    self.house.send(*batch, session=session)

    def anything(self, user: str) -> dict:
        if self.random.random() < 0.2:
            self.titles[user] = self.random.choice(TITLES)
            return self.message(user, type="identify", traits={"title": self.titles[user]})
        return self.message(user, type="track", event=self.random.choice(EVENTS))

    def message(self, user: str, **said: object) -> dict:
        message_id = f"message-{len(self.senders)}"
        self.senders[message_id] = user
        # Each a little later than the one before, so that the last word on a title is known.
        at = self.began + timedelta(seconds=len(self.senders))
        return {"messageId": message_id, "userId": user, "timestamp": at.isoformat(), **said}


def users() -> list[str]:
    return [f"user-{pair}{side}" for pair in range(PAIRS) for side in SIDES]


def leads_of_users() -> dict[str, int]:
    return dict(Identifier.objects.filter(value__in=users()).values_list("value", "lead_id"))


def decide(leads: dict[str, int], by, seed: int, is_over: threading.Event) -> None:
    """Merge pairs and take them apart until the client has ended, whoever else decides about the same."""
    dice = random.Random(seed)
    while not is_over.is_set():
        pair = dice.randrange(PAIRS)
        one, other = (leads[f"user-{pair}{side}"] for side in dice.sample(SIDES, 2))
        try:
            open_merge = Merge.objects.filter(undone_at=None, survivor_id__in=(one, other)).first()
            if open_merge:
                undo_merge(open_merge.pk, by=by, now=timezone.now())
            else:
                merge_leads(one, other, by=by, now=timezone.now())
        except LeadError:
            pass  # another was first, and says so


def test_merges_and_undos_under_a_client_and_workers_lose_and_double_nothing(house):
    publish_now(fit=[MANAGER])
    people = [make_user("maria", Role.MARKETER), make_user("mark", Role.MARKETER)]
    client, is_over, complaints = Client(house), threading.Event(), house.complaints()
    client.introduce()
    leads = leads_of_users()
    assert len(set(leads.values())) == PAIRS * len(SIDES)

    sending = Doing(client.send_all)
    deciding = [Doing(lambda by=by, seed=seed: decide(leads, by, seed, is_over)) for seed, by in enumerate(people)]
    for thread in (sending, *deciding):
        thread.start()
    while sending.is_alive():
        for part in range(PARTS):
            house.score(part)
        sending.join(0.1)
    is_over.set()
    for thread in deciding:
        thread.join()
    assert [thread.failure for thread in (sending, *deciding)] == [None] * 3
    assert Merge.objects.exclude(undone_at=None).exists()
    for merge in Merge.objects.filter(undone_at=None):
        undo_merge(merge.pk, by=people[0], now=timezone.now())
    house.settle()

    # Everybody is who they were, with all that is theirs, once, and nothing else.
    assert leads_of_users() == leads
    stored = dict(Event.objects.values_list("message_id", "lead_id"))
    assert Event.objects.count() == len(client.senders)
    assert stored == {message_id: leads[user] for message_id, user in client.senders.items()}
    titles = dict(Lead.objects.values_list("pk", "title"))
    assert titles == {leads[user]: title for user, title in client.titles.items()}
    assert_everything_is_exact()
    assert house.complaints() == complaints


def test_after_merges_under_a_client_every_old_id_leads_to_the_one_who_has_everything(house):
    publish_now(fit=[MANAGER])
    by = make_user("maria", Role.MARKETER)
    client, complaints = Client(house), house.complaints()
    client.introduce()
    leads = leads_of_users()

    sending = Doing(client.send_all)
    sending.start()
    for pair in range(PAIRS):
        merge_leads(leads[f"user-{pair}a"], leads[f"user-{pair}b"], by=by, now=timezone.now())
    sending.join()
    house.settle()

    assert sending.failure is None
    survivors = {user: leads[user[:-1] + "a"] for user in users()}
    stored = dict(Event.objects.values_list("message_id", "lead_id"))
    assert stored == {message_id: survivors[user] for message_id, user in client.senders.items()}
    assert Event.objects.count() == len(client.senders)
    headers = {"Authorization": f"Token {Token.objects.create(user=by).key}"}
    for user in users():
        answer = requests.get(f"{house.address}/api/leads/{leads[user]}/", headers=headers, timeout=PATIENCE)
        assert answer.json()["id"] == survivors[user]
    assert_everything_is_exact()
    assert house.complaints() == complaints
