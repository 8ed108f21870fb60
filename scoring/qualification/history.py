"""The course of a lead's score, under today's live rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from leads.events.catalog import BOOKKEEPING
from leads.models import Event, Lead
from scoring.qualification.explain import scores_at
from scoring.rules.live import live_rule_set

SPAN = timedelta(days=60)
MOST_POINTS = 90
FEWEST_POINTS = 12
# Fewer points for a lead with thousands of events, so that its page stays fast.
EVENTS_LOOKED_AT = 40_000


@dataclass(frozen=True, slots=True)
class PastScore:
    """A score at a time."""

    at: datetime
    score: float


def score_history(lead: Lead, *, as_of: datetime, span: timedelta = SPAN) -> list[PastScore]:
    """Return scores at equal intervals since the lead's beginning, at most `span` ago, until `as_of`."""
    events = Event.objects.filter(lead=lead).exclude(kind__in=BOOKKEEPING)
    seen = events.aggregate(number=Count("id"), first=Min("occurred_at"))
    points = max(FEWEST_POINTS, min(MOST_POINTS, EVENTS_LOOKED_AT // (seen["number"] + 1)))
    begin = max((seen["first"] or as_of) - timedelta(hours=1), as_of - span)
    step = (as_of - begin) / (points - 1)
    moments = [begin + step * number for number in range(points - 1)] + [as_of]
    scores = scores_at(lead, moments, live_rule_set()).score.tolist()
    return [PastScore(moment, score) for moment, score in zip(moments, scores, strict=True)]
