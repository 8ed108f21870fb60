"""How far scoring is behind, for screens and health checks."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import QuerySet

from leads.events.due import seconds_behind
from leads.models import Lead
from scoring.models import RuleSet, RuleSetStatus

# Counting further would cost more than it tells.
COUNTED_AT_MOST = 100_000
TOTAL_KEPT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of all leads have the score they should have now.

    behind_seconds: since when the longest waiting lead is due. is_capped: 100,000 or more wait; nobody counted on.
    """

    done: int
    total: int
    behind_seconds: float
    is_capped: bool = False

    @property
    def waiting(self) -> int:
        """Leads whose score is due."""
        return self.total - self.done

    @property
    def is_done(self) -> bool:
        """Whether no lead waits."""
        return self.done == self.total


def rescore_progress(*, now: datetime) -> Progress:
    """Count the leads whose score is due, or about to be marked so after a publishing."""
    waiting = min(_count(Lead.objects.due_for_scoring(now)) + _unmarked(now), COUNTED_AT_MOST)
    total = max(_total(), waiting)
    return Progress(total - waiting, total, seconds_behind(now=now), is_capped=waiting == COUNTED_AT_MOST)


def _unmarked(now: datetime) -> int:
    """Count the leads that a publishing has not marked yet, but for those due anyway."""
    live = RuleSet.objects.filter(status=RuleSetStatus.LIVE).values_list("marked_to_id", flat=True).first()
    if live is None:
        return 0
    behind = Lead.objects.current().filter(pk__gt=live)
    return _count(behind.filter(score_due_at__gt=now)) + _count(behind.filter(score_due_at=None))


def _count(leads: QuerySet[Lead]) -> int:
    return leads.order_by()[:COUNTED_AT_MOST].count()


def _total() -> int:
    return int(cache.get_or_set("rescore_total", Lead.objects.current().count, TOTAL_KEPT) or 0)
