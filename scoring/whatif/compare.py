"""The same leads judged by two rule sets, each from the stage that it is in; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from scoring.engine.score import CompiledRuleSet, Scores, counting, score_batch
from scoring.features.leads import LeadRows, read_leads
from scoring.qualification.decide import decide
from scoring.qualification.rescore import batch_of_rows, states_of_rows
from scoring.qualification.states import RANKS, States


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What one rule set makes of n leads. stages: where each would be after a scoring."""

    scores: Scores
    stages: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Leads, and what the live rules and a draft make of them."""

    leads: LeadRows
    live: Judged
    draft: Judged


def compare_leads(lead_ids: Sequence[int], live: CompiledRuleSet, draft: CompiledRuleSet, *, now: datetime) -> Compared:
    """Judge leads by both rule sets as a scoring at `now` would; what both need is read once."""
    leads = read_leads(lead_ids, {*live.fields, *draft.fields})
    batch = batch_of_rows(leads, live, np.full(len(leads), now.timestamp()), draft)
    states = states_of_rows(leads)
    counts = counting(batch)
    live_scores, draft_scores = score_batch(live, batch, counts), score_batch(draft, batch, counts)
    return Compared(leads, _judged(leads, states, live_scores), _judged(leads, states, draft_scores))


def _judged(leads: LeadRows, states: States, scores: Scores) -> Judged:
    decided = decide(states, scores)
    moves = zip(leads.stage, decided.moves.tolist(), decided.rank.tolist(), strict=True)
    return Judged(scores, [RANKS[rank] if is_moved else stage for stage, is_moved, rank in moves])
