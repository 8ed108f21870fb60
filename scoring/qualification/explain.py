"""Why a lead has the score and the stage that it has, at any time and under any rules."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from leads.models import Lead, Stage, StageChange
from scoring.engine.batch import latest_recycles
from scoring.engine.score import CompiledRuleSet, Score, Scores, score_batch
from scoring.features.leads import read_leads
from scoring.qualification.rescore import batch_of_rows, entry_json, iso
from scoring.rules.live import live_rule_set


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score computed afresh, with the stage that the lead was in.

    version: of the rule set that judged. reason: why the lead is in its stage, in words.
    """

    score: Score
    as_of: datetime
    version: int
    stage: str
    reason: str


def explain_lead(lead: Lead, *, as_of: datetime, rules: CompiledRuleSet | None = None) -> Explanation:
    """Compute a lead's score as of a time, under the live rules unless others are given; a fixed number of queries."""
    rules = rules or live_rule_set()
    score = scores_at(lead, [as_of], rules).of(0)
    stage, reason = stage_at(lead, as_of)
    return Explanation(score, as_of, rules.rule_set.version, stage, reason)


def scores_at(lead: Lead, moments: list[datetime], rules: CompiledRuleSet) -> Scores:
    """Compute a lead's scores as of several times, a row each; three or four queries."""
    leads = read_leads([lead.pk], rules.fields, with_merged=True)
    batch = batch_of_rows(leads, rules, np.zeros(1))
    as_of, rows = np.array([moment.timestamp() for moment in moments]), np.zeros(len(moments), np.int64)
    recycled_at = latest_recycles([recycles_of(lead)], rows, as_of)
    return score_batch(rules, replace(batch.at_moments(rows, as_of), recycled_at=recycled_at))


def recycles_of(lead: Lead) -> list[float]:
    """Return when a lead was recycled, POSIX seconds.

    After the last time it was, its history may still say "recycled" where a merge was undone: no recycle.
    """
    if lead.recycled_at is None:
        return []
    moves = StageChange.objects.filter(lead=lead, to_stage=Stage.RECYCLED, changed_at__lt=lead.recycled_at)
    return [moment.timestamp() for moment in (*moves.values_list("changed_at", flat=True), lead.recycled_at)]


def explanation_json(explanation: Explanation) -> dict[str, object]:
    """Return an explanation as the API gives it. The entries' points_now sum to the score."""
    score = explanation.score
    return {
        "score": score.score,
        "fit": score.fit,
        "behaviour": score.behaviour,
        "as_of": explanation.as_of.isoformat(),
        "rule_set": explanation.version,
        "entries": [entry_json(entry) for entry in score.entries],
        "persona": score.persona._asdict() if score.persona else None,
        "journeys": [
            {**journey._asdict(), "reached_at": [iso(moment) for moment in journey.reached_at]}
            for journey in score.journeys
        ],
        "stage": explanation.stage,
        "stage_reason": explanation.reason,
    }


def stage_at(lead: Lead, as_of: datetime) -> tuple[str, str]:
    """Return the stage that a lead was in at a time, and why, in words."""
    last = StageChange.objects.filter(lead=lead, changed_at__lte=as_of).order_by("-changed_at", "-id").first()
    if last is None:
        return Stage.NEW, "Nothing that qualifies the lead has happened yet."
    return last.to_stage, last.reason
