"""Response times: how long leads wait until sales claims them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import OuterRef, Subquery

from leads.handoff.clock import respond_by, sales_hours
from leads.models import Stage, StageChange

# The newest claims of the period are enough; more would slow down the dashboard.
CLAIMS_LOOKED_AT = 2_000
# Upper bounds in minutes, with the labels of the histogram.
SPANS = ((5, "< 5 min"), (15, "5–15"), (30, "15–30"), (60, "30–60"), (240, "1–4 h"), (float("inf"), "later"))


@dataclass(frozen=True, slots=True)
class ClaimTimes:
    """The claims of a period.

    on_time: claims before the lead's clock ran out. median_seconds: in working hours, like the histogram.
    """

    claims: int
    on_time: int
    median_seconds: float | None
    histogram: tuple[tuple[str, int], ...]


def claim_times(*, since: datetime, until: datetime) -> ClaimTimes:
    """Measure the claims after `since`, up to `until`, from becoming an SQL to the claim; one query."""
    became_sql = (
        StageChange.objects.filter(lead=OuterRef("lead"), to_stage=Stage.SQL, id__lt=OuterRef("id"))
        .exclude(from_stage=Stage.CLAIMED)
        .order_by("-id")
        .values("changed_at")[:1]
    )
    claims = (
        StageChange.objects.filter(to_stage=Stage.CLAIMED, changed_at__gt=since, changed_at__lte=until)
        .annotate(became_sql_at=Subquery(became_sql))
        .order_by("-changed_at")
        .values_list("became_sql_at", "changed_at")[:CLAIMS_LOOKED_AT]
    )
    return _measure([(start, end) for start, end in claims if start is not None])


def _measure(claims: Sequence[tuple[datetime, datetime]]) -> ClaimTimes:
    hours = sales_hours()
    seconds = [hours.seconds_between(start, end) for start, end in claims]
    return ClaimTimes(
        claims=len(claims),
        on_time=sum(end <= respond_by(start) for start, end in claims),
        median_seconds=median(seconds) if seconds else None,
        histogram=tuple(_histogram(seconds)),
    )


def _histogram(seconds: Sequence[float]) -> list[tuple[str, int]]:
    counts = []
    low = 0.0
    for minutes, label in SPANS:
        high = minutes * 60
        counts.append((label, sum(low <= second < high for second in seconds)))
        low = high
    return counts
