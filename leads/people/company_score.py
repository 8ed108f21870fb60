"""A company's score: that of its best lead, plus a little for each further engaged one.

It is computed from the stored scores, so it is never older than they are. Disqualified leads don't count; a lead is
engaged while its behaviour is at least one point.
"""

from django.db.models import Count, F, FloatField, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from leads.models import Organization, Stage

HIGHEST = 100.0
# Points for each engaged lead after the first, and the maximum number of them.
POINTS_EACH = 3.0
MOST_FURTHER = 5
ENGAGED_FROM = 1.0  # points of behaviour

_CURRENT = Q(leads__merged_into=None)
_COUNTING = _CURRENT & ~Q(leads__stage=Stage.DISQUALIFIED)


def company_score(best: float, engaged: int) -> float:
    """Return a company's score, 0..100. best: the highest score of its leads; engaged: the number of engaged ones."""
    further = min(max(engaged - 1, 0), MOST_FURTHER)
    return min(HIGHEST, best + POINTS_EACH * further)


def with_scores(organizations: "QuerySet[Organization]") -> "QuerySet[Organization]":
    """Annotate organizations with `people`, `best`, `engaged` and `score`, computed like `company_score`."""
    engaged = Count("leads", filter=_COUNTING & Q(leads__behaviour__gte=ENGAGED_FROM))
    counted = organizations.annotate(
        people=Count("leads", filter=_CURRENT),
        best=Coalesce(Max("leads__score", filter=_COUNTING), Value(0.0)),
        engaged=engaged,
    )
    further = Least(Greatest(F("engaged") - 1, Value(0)), Value(MOST_FURTHER))
    points = F("best") + Value(POINTS_EACH) * Cast(further, FloatField())
    return counted.annotate(score=Least(Value(HIGHEST), points, output_field=FloatField()))
