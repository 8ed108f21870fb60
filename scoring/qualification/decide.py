"""Which stage each lead belongs in: a pure function of its state, score, facts, policy and time."""

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
    """The stages to pass, in order (none: the lead stays), why, and when time alone may change the decision."""

    path: tuple[str, ...]
    reason: str
    next_moment: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """What is decided of n leads. rank: of the stage that a lead moves to; moves: whether it does.

    next_moment: when time alone may change the decision, decay of the score apart; POSIX seconds, inf for never.
    """

    case: Cases
    rank: Ints
    moves: Flags
    next_moment: Floats

    def of(self, row: int) -> Decision:
        """Return what is decided of one lead."""
        moment = float(self.next_moment[row])
        reason = reason_of(self.case, row, RANKS[self.rank[row]]) if self.moves[row] else ""
        return Decision(self.path(row), reason, None if math.isinf(moment) else moment)

    def path(self, row: int) -> tuple[str, ...]:
        """Return the stages that a lead passes: a rise passes every one between, so that funnels stay true."""
        if not self.moves[row]:
            return ()
        start, end = max(int(self.case.states.position[row]), 0), int(self.rank[row])
        return RANKS[start + 1 : end + 1] if end >= start else (RANKS[end],)


def decide(states: States, scores: Scores) -> Decisions:
    """Decide which stages leads move through now. People move claimed leads; scoring does not."""
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
    """Return when time alone may change what the stage after this decision rests on; decay of the score apart."""
    states, never = case.states, np.full(len(rank), np.inf)
    # In memory up to and including the last moment, so the change comes right after it.
    engaged = np.where(case.has_engagement, np.nextafter(case.engaged_until, np.inf), never)
    raised = np.where(case.has_hand_raise, np.nextafter(case.raised_until, np.inf), never)
    moments = np.where((states.position >= 0) | moves, np.minimum(engaged, raised), never)
    rests = (states.position == IS_RECYCLED) & ~moves & (case.rests_until > case.as_of)
    moments = np.where(rests, case.rests_until, moments)
    return np.where(states.is_claimed, never, moments)
