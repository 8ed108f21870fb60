"""Decide each lead's stage: a pure function of its state, score, facts, policy and time."""

import math
from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Flags, Floats, Ints
from scoring.engine.memory import NOTHING
from scoring.engine.score import Scores
from scoring.qualification.cases import Cases
from scoring.qualification.reason import reason_of
from scoring.qualification.states import ENGAGED, IS_DISQUALIFIED, IS_RECYCLED, MQL, NEW, RANK, RANKS, SQL, States


@dataclass(frozen=True, slots=True)
class Decision:
    """The stages to pass, in order (none: the lead stays), the reason, and when time alone may change this."""

    path: tuple[str, ...]
    reason: str
    next_moment: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """The decisions for n leads. rank: of the new stage; moves: whether the lead moves.

    next_moment: when time alone, apart from decay, may change the decision; POSIX seconds, inf for never.
    """

    case: Cases
    rank: Ints
    moves: Flags
    next_moment: Floats

    def of(self, row: int) -> Decision:
        """Return the decision for one lead."""
        moment = float(self.next_moment[row])
        reason = reason_of(self.case, row, RANKS[self.rank[row]]) if self.moves[row] else ""
        return Decision(self.path(row), reason, None if math.isinf(moment) else moment)

    def path(self, row: int) -> tuple[str, ...]:
        """Return the stages a lead passes: a rise includes every stage between, so that funnels stay true."""
        if not self.moves[row]:
            return ()
        start, end = max(int(self.case.states.position[row]), 0), int(self.rank[row])
        return RANKS[start + 1 : end + 1] if end >= start else (RANKS[end],)


def decide(states: States, scores: Scores) -> Decisions:
    """Decide the stage changes of leads. Claimed leads are moved by people only."""
    case = Cases(states, scores)
    is_active = scores.memory.activity != NOTHING
    start = np.maximum(states.position, 0)
    holds_sql = (start == RANK[SQL]) & case.stays_sql
    holds_mql = (start >= RANK[MQL]) & case.stays_mql
    rank = np.where(is_active | (start > 0), RANK[ENGAGED], RANK[NEW])
    rank = np.where(case.enters_mql | holds_mql, RANK[MQL], rank)
    rank = np.where(case.enters_sql | holds_sql, RANK[SQL], rank)
    returns = (states.position == IS_RECYCLED) & ~case.rests
    returns |= (states.position == IS_DISQUALIFIED) & case.reopens
    moves = np.where(states.position >= 0, rank != states.position, returns & is_active)
    moves &= ~states.is_claimed
    return Decisions(case, rank, moves, _next_moments(case, rank, moves))


def _next_moments(case: Cases, rank: Ints, moves: Flags) -> Floats:
    """Return when time alone, apart from decay, may change the conditions of the decision."""
    states, never = case.states, np.full(len(rank), np.inf)
    # An event stays in the memory up to and including its last moment; the change comes right after.
    engaged = np.where(case.has_engagement, np.nextafter(case.engaged_until, np.inf), never)
    raised = np.where(case.has_hand_raise, np.nextafter(case.raised_until, np.inf), never)
    moments = np.where((states.position >= 0) | moves, np.minimum(engaged, raised), never)
    rests = (states.position == IS_RECYCLED) & ~moves & (case.rests_until > case.as_of)
    moments = np.where(rests, case.rests_until, moments)
    return np.where(states.is_claimed, never, moments)
