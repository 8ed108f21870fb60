"""Try rules on one lead: its score and stage at a given time."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from leads.models import Lead, Stage
from scoring.engine.batch import latest_recycles
from scoring.engine.score import CompiledRuleSet, Score, score_batch
from scoring.features.leads import read_leads
from scoring.qualification.decide import decide
from scoring.qualification.explain import recycles_of, stage_at
from scoring.qualification.rescore import batch_of_rows, states_of_rows
from scoring.qualification.states import position_of


@dataclass(frozen=True, slots=True)
class Trial:
    """The result for a lead at a time. stage: its stage then; path: the stages it would pass.

    reason: why it would move, in words.
    """

    score: Score
    version: int
    as_of: datetime
    stage: str
    path: tuple[str, ...]
    reason: str

    @property
    def would_be(self) -> Stage:
        """The stage that the lead would be in."""
        return Stage(self.path[-1] if self.path else self.stage)

    @property
    def stood_at(self) -> Stage:
        """The stage that the lead was in."""
        return Stage(self.stage)


def try_lead(lead: Lead, *, as_of: datetime, rules: CompiledRuleSet) -> Trial:
    """Score a lead as of a time and decide its stage from the one it had then. Nothing is stored."""
    leads = read_leads([lead.pk], rules.fields, with_merged=True)
    moment = np.array([as_of.timestamp()])
    recycled_at = latest_recycles([recycles_of(lead)], np.zeros(1, np.int64), moment)
    scores = score_batch(rules, replace(batch_of_rows(leads, rules, moment), recycled_at=recycled_at))
    stage, _ = stage_at(lead, as_of)
    states = replace(
        states_of_rows(leads),
        position=np.array([position_of(stage)], np.int64),
        # A lead that sales claimed later could still move then.
        is_claimed=leads.claimed_at <= moment,
        retry_on=np.where(recycled_at == leads.recycled_at, leads.retry_on, np.nan),
    )
    decision = decide(states, scores).of(0)
    return Trial(scores.of(0), rules.rule_set.version, as_of, stage, decision.path, decision.reason)
