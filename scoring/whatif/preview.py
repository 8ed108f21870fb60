"""What publishing a draft would do: who joins and leaves MQL and SQL, and the sales load it makes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import fsum
from time import perf_counter

import numpy as np

from leads.models import Lead, Stage, StageChange
from scoring.engine.score import CompiledRuleSet, Scores
from scoring.qualification.drain import no_garbage_collection
from scoring.qualification.ledger import ADJUSTMENTS
from scoring.qualification.states import MQL, SQL
from scoring.rules.live import live_rule_set
from scoring.whatif.compare import Compared, compare_leads
from scoring.whatif.interval import Estimate
from scoring.whatif.load import WEEKS, became_sql
from scoring.whatif.sample import Bounds, Sample, sample_of_leads

BOUNDS = Bounds(all_up_to=5_000, most=20_000, seconds=3.0)
# Leads told by name at most.
MOST_NAMED = 200
SEEN = 0.05  # points; less is shown as 0.0
_LIKED = {SQL: 0, MQL: 1}


@dataclass(frozen=True, slots=True)
class Change:
    """A lead whose stage depends on which of the two rule sets is live. Scores: points.

    line: the line of the explanation that moved the score most, and by how many points.
    """

    lead_id: int
    live_stage: str
    draft_stage: str
    live_score: float
    draft_score: float
    line: str = ""
    line_points: float = 0.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class StageEffect:
    """What becomes of one stage: how many leads are in it under each rule set, who leaves and who joins."""

    stage: str
    live: Estimate
    draft: Estimate
    leaves: Estimate
    joins: Estimate


@dataclass(frozen=True, slots=True)
class Load:
    """New SQLs a week, reckoned over the last four weeks, and how many the team claimed a week; None: none ever."""

    live: Estimate
    draft: Estimate
    claimed: float | None

    @property
    def is_too_much(self) -> bool:
        """Whether the draft makes more than the team has been claiming, and more than the live rules do."""
        return self.claimed is not None and self.draft.count > max(self.claimed, self.live.count)


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft against the live version. changes: who changes stage, named up to MOST_NAMED; changed: how many in all.

    looked_at: fewer than total where only a sample was judged. seconds: what it took.
    """

    live_version: int
    draft_version: int
    total: int
    looked_at: int
    seconds: float
    stages: tuple[StageEffect, ...]
    load: Load
    changed: Estimate
    changes: tuple[Change, ...]

    @property
    def is_sample(self) -> bool:
        """Whether the numbers are estimates."""
        return self.looked_at < self.total


def preview(draft: CompiledRuleSet, *, now: datetime, bounds: Bounds = BOUNDS) -> Preview:
    """Judge all leads, or a sample where they are many, by a draft and the live rules; nothing is written.

    Each lead is judged from the stage it is in, and by the draft as its first scoring after a publishing would.
    """
    began = perf_counter()
    live = live_rule_set()
    sample, tally = sample_of_leads(Lead.objects.current(), bounds), _Tally()
    with no_garbage_collection():
        for lead_ids in sample.parts():
            tally.add(compare_leads(lead_ids, live, draft, now=now))
    return Preview(
        live.rule_set.version,
        draft.rule_set.version,
        sample.total,
        sample.looked_at,
        perf_counter() - began,
        tuple(tally.effect_on(stage, sample) for stage in (MQL, SQL)),
        tally.load(sample, now),
        sample.estimate(tally.changed),
        _named(tally.changes),
    )


class _Tally:
    """Counts over the batches."""

    def __init__(self) -> None:
        self.changed = 0
        self.moves: Counter[tuple[str, str]] = Counter()
        self.new_sqls = {"live": 0, "draft": 0}
        self.changes: list[Change] = []

    def add(self, compared: Compared) -> None:
        moves = list(zip(compared.live.stages, compared.draft.stages, strict=True))
        self.moves.update(moves)
        changed = [row for row, (live, draft) in enumerate(moves) if live != draft]
        self.changed += len(changed)
        found = sorted((_change(compared, row) for row in changed), key=_interest)[:MOST_NAMED]
        told = [_with_line(compared, change) for change in found]
        self.changes = sorted([*self.changes, *told], key=_interest)[:MOST_NAMED]
        self.new_sqls["live"] += int(became_sql(compared.live.scores).sum())
        self.new_sqls["draft"] += int(became_sql(compared.draft.scores).sum())

    def effect_on(self, stage: str, sample: Sample) -> StageEffect:
        found = {"live": 0, "draft": 0, "leaves": 0, "joins": 0}
        for (live, draft), number in self.moves.items():
            found["live"] += number * (live == stage)
            found["draft"] += number * (draft == stage)
            found["leaves"] += number * (live == stage != draft)
            found["joins"] += number * (draft == stage != live)
        return StageEffect(stage, **{name: sample.estimate(hits) for name, hits in found.items()})

    def load(self, sample: Sample, now: datetime) -> Load:
        week = {name: sample.estimate(hits) for name, hits in self.new_sqls.items()}
        weekly = {name: Estimate(round(one.count / WEEKS), round(one.error / WEEKS)) for name, one in week.items()}
        return Load(**weekly, claimed=_claimed_a_week(now))


def _change(compared: Compared, row: int) -> Change:
    live, draft = compared.live, compared.draft
    return Change(
        int(compared.leads.id[row]),
        live.stages[row],
        draft.stages[row],
        float(live.scores.score[row]),
        float(draft.scores.score[row]),
    )


def _with_line(compared: Compared, change: Change) -> Change:
    row = int(np.searchsorted(compared.leads.id, change.lead_id))
    line, points = _greatest_difference(compared, row)
    return replace(change, line=line, line_points=points)


def _greatest_difference(compared: Compared, row: int) -> tuple[str, float]:
    """Return the line of the explanation that moved the score most, "" where it did not move to be seen."""
    before, after = _points(compared.live.scores, row), _points(compared.draft.scores, row)
    differences = {line: after.get(line, 0.0) - before.get(line, 0.0) for line in {**before, **after}}
    moved = fsum(differences.values())
    with_it = {line: by for line, by in differences.items() if by * moved > 0 and min(abs(by), abs(moved)) >= SEEN}
    # What a limit cuts off answers to the rules: it is told only where no rule moved.
    line = max(with_it, key=lambda line: (line not in ADJUSTMENTS, abs(with_it[line]), line), default="")
    return (ADJUSTMENTS.get(line, line), with_it[line]) if line else ("", 0.0)


def _points(scores: Scores, row: int) -> dict[str, float]:
    return {entry.rule: entry.points_now for entry in scores.entries(row)}


def _claimed_a_week(now: datetime) -> float | None:
    """Return how many leads sales claimed a week in the last four; None where nobody ever claimed one."""
    claims = StageChange.objects.filter(to_stage=Stage.CLAIMED, changed_at__lte=now)
    lately = claims.filter(changed_at__gt=now - timedelta(weeks=WEEKS)).count()
    return lately / WEEKS if lately or claims.exists() else None


def _interest(change: Change) -> tuple[int, float, int]:
    """Sort new SQLs first, then who leaves SQL, then MQLs; the highest scores first."""
    joins, leaves = _LIKED.get(change.draft_stage, 2), _LIKED.get(change.live_stage, 2)
    return min(joins * 2, leaves * 2 + 1), -change.draft_score, change.lead_id


def _named(changes: Sequence[Change]) -> tuple[Change, ...]:
    leads = Lead.objects.only("first_name", "last_name", "email", "phone")
    names = {lead.pk: lead.display_name for lead in leads.filter(pk__in=[change.lead_id for change in changes])}
    return tuple(replace(change, name=names.get(change.lead_id, "")) for change in changes)
