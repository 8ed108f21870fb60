"""The progress of scoring, for screens and health checks."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Q, QuerySet

from leads.events.due import seconds_behind
from leads.models import Lead
from scoring.rules.full_rescore import waiting_leads

# Counting further would cost more than it is worth.
COUNTED_AT_MOST = 100_000
TOTAL_KEPT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of all leads have a current score.

    behind_seconds: how long the longest waiting lead has been due. is_capped: at least 100,000 wait, counted no
    further.
    """

    done: int
    total: int
    behind_seconds: float
    is_capped: bool = False

    @property
    def waiting(self) -> int:
        """The number of leads whose score is due."""
        return self.total - self.done

    @property
    def is_done(self) -> bool:
        """Whether no lead waits."""
        return self.done == self.total


def rescore_progress(*, now: datetime) -> Progress:
    """Count the leads whose score is due, or that a full rescore has not reached."""
    waiting = min(_count(Lead.objects.due_for_scoring(now)) + _in_ranges(now), COUNTED_AT_MOST)
    total = max(_total(), waiting)
    return Progress(total - waiting, total, seconds_behind(now=now), is_capped=waiting == COUNTED_AT_MOST)


def _in_ranges(now: datetime) -> int:
    """Count the leads that a full rescore has not reached, except those due anyway."""
    return _count(waiting_leads().filter(Q(score_due_at__gt=now) | Q(score_due_at=None)))


def _count(leads: QuerySet[Lead]) -> int:
    return leads.order_by()[:COUNTED_AT_MOST].count()


def _total() -> int:
    return int(cache.get_or_set("rescore_total", Lead.objects.current().count, TOTAL_KEPT) or 0)
