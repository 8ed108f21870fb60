"""The only way to change a lead's stage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

from django.db import transaction
from django.db.models import Q

from leads import signals
from leads.errors import StageMoveRefused
from leads.lifecycle.transitions import TRANSITIONS
from leads.models import Lead, Stage, StageChange, User

# How long a recycled lead rests unless told until when.
REST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Move:
    """One lead's path from a stage through others, all recorded in order.

    path: at least the final stage. reason: in words for users. evidence: supports the move and is shown with it. score,
    fit, behaviour: points at that time.
    """

    lead_id: int
    from_stage: str
    path: tuple[str, ...]
    reason: str
    rule_set_version: int | None = None
    score: float = 0.0
    fit: float = 0.0
    behaviour: float = 0.0
    evidence: list[Mapping[str, object]] = field(default_factory=list)

    @classmethod
    def by_hand(cls, lead: Lead, from_stage: str, to_stage: str, reason: str) -> Self:
        """Return the move of a lead made by a person, with the lead's current points."""
        return cls(lead.pk, from_stage, (to_stage,), reason, score=lead.score, fit=lead.fit, behaviour=lead.behaviour)


@transaction.atomic
def move_leads(
    moves: Sequence[Move],
    *,
    now: datetime,
    actor: User | None = None,
    where: Q | None = None,
    columns: Mapping[str, object] | None = None,
) -> list[StageChange]:
    """Move leads to the ends of their paths, record every step and announce it; all or none.

    A lead moves only from the stage its move names and, if given, while `where` holds: one conditional UPDATE decides.
    `columns` are set in the same UPDATE, such as a recycled lead's `retry_on`, 30 days ahead unless given. Raises
    StageMoveRefused if a move is not allowed or came too late.
    """
    for move in moves:
        _check_path(move)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for move in moves:
        groups[move.from_stage, move.path[-1]].append(move.lead_id)
    for (from_stage, to_stage), lead_ids in groups.items():
        waiting = Lead.objects.filter(where or Q(), pk__in=lead_ids, stage=from_stage)
        moved = waiting.update(**{**_stage_columns(to_stage, now), **(columns or {})})
        if moved != len(set(lead_ids)):
            raise StageMoveRefused(f"The lead has left the stage {Stage(from_stage).label} meanwhile.")
    changes = StageChange.objects.bulk_create(_steps(moves, now=now, actor=actor))
    if changes:
        signals.stage_changed.send(sender=StageChange, changes=changes, now=now)
    return changes


def _check_path(move: Move) -> None:
    for before, after in pairwise((move.from_stage, *move.path)):
        if after not in TRANSITIONS[before]:
            raise StageMoveRefused(f"A lead can't go from {Stage(before).label} to {Stage(after).label}.")


def _stage_columns(stage: str, now: datetime) -> dict[str, object]:
    columns: dict[str, object] = {"stage": stage, "stage_changed_at": now}
    if stage == Stage.RECYCLED:
        columns["recycled_at"], columns["retry_on"] = now, now.date() + REST
    if stage == Stage.DISQUALIFIED:
        columns["disqualified_at"] = now
    return columns


def _steps(moves: Iterable[Move], *, now: datetime, actor: User | None) -> list[StageChange]:
    return [
        StageChange(
            lead_id=move.lead_id,
            from_stage=before,
            to_stage=after,
            reason=move.reason,
            actor=actor,
            rule_set_version=move.rule_set_version,
            score=move.score,
            fit=move.fit,
            behaviour=move.behaviour,
            evidence=move.evidence,
            changed_at=now,
        )
        for move in moves
        for before, after in pairwise((move.from_stage, *move.path))
    ]
