"""Why a lead has the score and the stage that it has, at any time."""

from dataclasses import dataclass
from datetime import datetime

from leads.models import Lead, Stage, StageChange
from scoring.engine.score import Score, score_lead
from scoring.features.load import events_of, facts_of
from scoring.qualification.rescore import entry_json
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


def explain_lead(lead: Lead, *, as_of: datetime) -> Explanation:
    """Compute a lead's score as of a time under the live rule set; a fixed number of queries."""
    live = live_rule_set()
    events = events_of([lead.pk], live.rule_set).get(lead.pk, ())
    score = score_lead(live, facts_of(lead, events), as_of.timestamp())
    stage, reason = _stage_at(lead, as_of)
    return Explanation(score, as_of, live.rule_set.version, stage, reason)


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
        "persona": None,
        "journeys": [],
        "stage": explanation.stage,
        "stage_reason": explanation.reason,
    }


def _stage_at(lead: Lead, as_of: datetime) -> tuple[str, str]:
    last = StageChange.objects.filter(lead=lead, changed_at__lte=as_of).order_by("-changed_at", "-id").first()
    if last is None:
        return Stage.NEW, "Nothing that qualifies the lead has happened yet."
    return last.to_stage, last.reason
