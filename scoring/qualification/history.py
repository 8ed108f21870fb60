"""How a lead's score went up and down, as the live rules see it today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.models import Lead
from scoring.engine.score import score_lead
from scoring.features.load import events_of, facts_of
from scoring.rules.live import live_rule_set

SPAN = timedelta(days=60)
MOST_POINTS = 90
FEWEST_POINTS = 12
# A lead with thousands of events is drawn with fewer points, so that its page stays quick.
EVENTS_LOOKED_AT = 40_000


@dataclass(frozen=True, slots=True)
class PastScore:
    """A score as it was at a time."""

    at: datetime
    score: float


def score_history(lead: Lead, *, as_of: datetime, span: timedelta = SPAN) -> list[PastScore]:
    """Return the scores at even distances from the lead's beginning, at most `span` ago, until `as_of`; one query."""
    live = live_rule_set()
    facts = facts_of(lead, events_of([lead.pk], live.rule_set).get(lead.pk, ()))
    events = len(facts.events)
    points = max(FEWEST_POINTS, min(MOST_POINTS, EVENTS_LOOKED_AT // (events + 1)))
    first = min([event.at for event in facts.events], default=as_of.timestamp())
    begin = max(first - 3600, (as_of - span).timestamp())
    step = (as_of.timestamp() - begin) / (points - 1)
    moments = [begin + step * number for number in range(points - 1)] + [as_of.timestamp()]
    return [
        PastScore(datetime.fromtimestamp(moment, as_of.tzinfo), score_lead(live, facts, moment).score)
        for moment in moments
    ]
