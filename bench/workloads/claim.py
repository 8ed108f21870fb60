"""Two hundred sales reps claim at once: all the same lead, and all a queue of leads. Nobody may win twice."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from django.db import connection
from django.utils import timezone

from bench import direct
from bench.load import Load, request_bytes, run_load
from bench.people import api_headers, make_reps
from bench.report import Line, middle, quantile
from bench.rounds import alternate
from bench.servers import web_server
from leads.models import Lead, LeadSearch, Stage, StageChange, User

SIZE = 1_000
CLAIMERS = 200
ROUNDS = 3
# Claimers of each lead of the queue.
RIVALS = 3
DATABASE_CONNECTIONS = 64
LIMIT = "conditional UPDATEs straight in the database"


def run(size: int) -> None:
    """Measure both and print a line each."""
    reps = make_reps(CLAIMERS)
    headers = [api_headers(rep) for rep in reps]
    with web_server() as (port, _):
        for note, leads, rivals in (("one lead", 1, CLAIMERS), (f"a queue of {size} leads", size, RIVALS)):
            _Contest(port, reps, headers, leads, rivals).line(note).print()


class _Contest:
    """So many leads, each tried by so many claimers."""

    def __init__(
        self, port: int, reps: Sequence[User], headers: Sequence[Mapping[str, str]], leads: int, rivals: int
    ) -> None:
        self.port = port
        self.reps = reps
        self.headers = headers
        self.leads = leads
        self.rivals = rivals
        self.double = 0

    def line(self, note: str) -> Line:
        """Let the claimers loose, ours and the limit in turns."""
        ours, limit = alternate(self._over_http, self._in_the_database, ROUNDS)
        latencies = [latency for load in ours for latency in load.latencies]
        rate, limit_rate = middle([load.rate for load in ours]), middle(limit)
        if self.double:
            raise SystemExit(f"No lead may be claimed twice, {self.double} were.")
        return Line(
            "claim",
            self.leads * self.rivals * ROUNDS,
            sum(load.seconds for load in ours),
            rate,
            1000 * quantile(latencies, 0.5),
            1000 * quantile(latencies, 0.99),
            limit_rate,
            rate / limit_rate,
            f"attempts/s, {CLAIMERS} claimers over HTTP on {note}; limit: {LIMIT}, {self._connections()} connections",
            {"claims_per_second": round(rate / self.rivals, 1), "double_claims": self.double},
        )

    def _over_http(self, number: int) -> Load:
        ids = _waiting_leads(self.leads)
        attempts = self._attempts(ids, number)
        requests = [
            request_bytes("POST", f"/api/leads/{lead_id}/claim/", self.headers[claimer])
            for lead_id, claimer in attempts
        ]
        won: dict[int, list[int]] = {lead_id: [] for lead_id in ids}

        def on_answer(index: int, answer: bytes) -> None:
            if answer[9:12] == b"200":
                won[attempts[index][0]].append(self.reps[attempts[index][1]].pk)

        load = run_load(self.port, requests, connections=CLAIMERS, on_answer=on_answer)
        load.expect(200, 409)
        self.double += _wrong_claims(won)
        return load

    def _in_the_database(self, number: int) -> float:
        attempts = self._attempts(_waiting_leads(self.leads), number)
        statement = _conditional_update()
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        statements = [(statement, (self.reps[claimer].pk, now, now, lead_id)) for lead_id, claimer in attempts]
        won: list[int] = []
        seconds = direct.execute_all(statements, DATABASE_CONNECTIONS, won.append)
        if sum(won) != self.leads:
            raise SystemExit(f"Every lead must be claimed once: {self.leads} leads, {sum(won)} claims.")
        return len(attempts) / seconds

    def _attempts(self, ids: Sequence[int], number: int) -> list[tuple[int, int]]:
        """Return who tries which lead, rivals close together."""
        drawn = Random(number)
        return [(lead_id, claimer) for lead_id in ids for claimer in drawn.sample(range(CLAIMERS), self.rivals)]

    def _connections(self) -> int:
        return direct.most_connections(DATABASE_CONNECTIONS)


def _waiting_leads(count: int) -> list[int]:
    """Store leads that wait in the queue."""
    now = timezone.now()
    leads = Lead.objects.bulk_create(
        Lead(
            email=f"waiting{number}@bench.example",
            stage=Stage.SQL,
            stage_changed_at=now,
            respond_by=now + timedelta(minutes=30),
            last_event_at=now,
            created_at=now,
        )
        for number in range(count)
    )
    LeadSearch.objects.bulk_create(LeadSearch(lead=lead, text=lead.email) for lead in leads)
    return [lead.pk for lead in leads]


def _wrong_claims(won: dict[int, list[int]]) -> int:
    """Count leads that not exactly one claimer won, by the answers or by what the database holds."""
    owners = dict(Lead.objects.filter(pk__in=won, stage=Stage.CLAIMED).values_list("pk", "owner_id"))
    moves: dict[int, int] = {}
    for lead_id in StageChange.objects.filter(lead__in=won, to_stage=Stage.CLAIMED).values_list("lead_id", flat=True):
        moves[lead_id] = moves.get(lead_id, 0) + 1
    return sum(winners != [owners.get(lead_id)] or moves.get(lead_id) != 1 for lead_id, winners in won.items())


def _conditional_update() -> str:
    place = "%s" if connection.vendor == "postgresql" else "?"
    return (
        f"UPDATE leads_lead SET stage = 'claimed', owner_id = {place}, claimed_at = {place}, "
        f"stage_changed_at = {place} WHERE id = {place} AND stage = 'sql' AND claimed_at IS NULL"
    )
