"""Reps claim leads while scoring takes them out of the queue and brings them back."""

import random
import threading
from collections import Counter

import requests
from rest_framework.authtoken.models import Token

from leads.models import Lead, Role, Stage, StageChange
from tests.faults.exact import assert_everything_is_exact, make_due_lead, publish_now
from tests.make import make_user
from tests.processes import PATIENCE

# No rep takes more than a few, so that leads are left for scoring to move to and fro.
REPS, MOST, LEADS = 3, 12, 60


class Rep(threading.Thread):
    """Claims what the queue shows, as fast as it can, until it has enough or is told to go home."""

    def __init__(self, house, name: str) -> None:
        super().__init__()
        self.api, self.home = f"{house.address}/api", threading.Event()
        token = Token.objects.create(user=make_user(name, Role.SALES))
        self.headers = {"Authorization": f"Token {token.key}"}
        self.random = random.Random(name)
        self.answers: list[tuple[int, int]] = []

    def run(self) -> None:
        with requests.Session() as session:
            session.headers.update(self.headers)
            while not self.home.wait(0.05) and len(self.won) < MOST:
                queue = session.get(f"{self.api}/queue/", timeout=PATIENCE).json()["results"]
                for lead in self.random.sample(queue, min(2, len(queue))):
                    answer = session.post(f"{self.api}/leads/{lead['id']}/claim/", timeout=PATIENCE)
                    self.answers.append((lead["id"], answer.status_code))

    @property
    def won(self) -> list[int]:
        return [lead_id for lead_id, status in self.answers if status == 200]


def test_claims_and_scoring_never_contradict_each_other(house):
    publish_now()
    for _ in range(LEADS):
        make_due_lead("demo_requested")
    reps = [Rep(house, f"rep{number}") for number in range(REPS)]
    complaints = house.complaints()
    house.settle()

    for rep in reps:
        rep.start()
    for is_strict in (True, False, True, False, True):
        # Under the strict rules no demo request makes an SQL: whoever is not claimed falls back, then rises again.
        publish_now(sql_on_hand_raise=not is_strict)
        house.settle()
    for rep in reps:
        rep.home.set()
    for rep in reps:
        rep.join()

    claims = Counter(lead_id for rep in reps for lead_id in rep.won)
    assert {status for rep in reps for _, status in rep.answers} <= {200, 409}
    assert set(claims.values()) == {1}
    claimed = {lead.pk: lead for lead in Lead.objects.filter(stage=Stage.CLAIMED)}
    assert claimed.keys() == claims.keys()
    assert all(lead.owner and lead.claimed_at for lead in claimed.values())
    assert not Lead.objects.exclude(stage=Stage.CLAIMED).exclude(owner=None, claimed_at=None).exists()
    assert StageChange.objects.filter(to_stage=Stage.CLAIMED).count() == len(claims)
    assert StageChange.objects.filter(from_stage=Stage.SQL, to_stage=Stage.MQL).exists()
    assert_everything_is_exact()
    assert house.complaints() == complaints
