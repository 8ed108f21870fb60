"""The states of leads before a scoring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Flags, Floats, Ints

NEW, ENGAGED, MQL, SQL = RANKS = ("new", "engaged", "mql", "sql")
RECYCLED, DISQUALIFIED = "recycled", "disqualified"

RANK = {stage: rank for rank, stage in enumerate(RANKS)}
# Positions of the stages outside the ranking; from the last ones only people move a lead.
IS_RECYCLED, IS_DISQUALIFIED, IS_OTHER = -1, -2, -3


@dataclass(frozen=True, slots=True)
class LeadState:
    """A lead before a scoring. Times are POSIX seconds.

    decided_version: the rule set version of its last scoring. retry_on: until when a recycled lead rests. fit,
    behaviour: as last stored, for the words of the reason; None if it was never scored.
    """

    stage: str
    decided_version: int | None
    retry_on: float | None = None
    disqualified_at: float | None = None
    claimed: bool = False
    fit: float | None = None
    behaviour: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """The states of n leads as arrays; nan for unknown times and numbers.

    position: the rank of the stage, or below 0 for stages outside the ranking. is_claimed: only people move the lead.
    """

    position: Ints
    is_claimed: Flags
    decided_version: Floats
    retry_on: Floats
    disqualified_at: Floats
    fit: Floats
    behaviour: Floats


def states_of(leads: Sequence[LeadState]) -> States:
    """Return lead states as arrays."""
    return States(
        np.array([position_of(lead.stage) for lead in leads], np.int64),
        np.array([lead.claimed for lead in leads], np.bool_),
        *(
            np.array([getattr(lead, name) for lead in leads], np.float64)
            for name in ("decided_version", "retry_on", "disqualified_at", "fit", "behaviour")
        ),
    )


def position_of(stage: str) -> int:
    """Return a stage's rank, or a number below 0 for stages outside the ranking."""
    if stage in RANK:
        return RANK[stage]
    return {RECYCLED: IS_RECYCLED, DISQUALIFIED: IS_DISQUALIFIED}.get(stage, IS_OTHER)
