"""What the frame of every screen tells: how many leads there are and wait, and whether scores are up to date."""

from datetime import datetime

from django.db.models import Min
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from leads.models import Lead
from leads.people.keyset import capped_count

# Due scores wait for the next sweep at most this long while all is well.
USUAL_LAG = 2 * 60


def shell(request: HttpRequest) -> dict[str, object]:
    """Give templates `shell`; nothing is asked of the database until one uses it."""
    return {"shell": SimpleLazyObject(_shell)}


def _shell() -> dict[str, object]:
    now = timezone.now()
    return {
        "leads": capped_count(Lead.objects.current()),
        "waiting": capped_count(Lead.objects.awaiting_claim(), cap=99),
        "minutes_behind": minutes_behind(now),
    }


def minutes_behind(now: datetime) -> int:
    """Return for how many minutes the longest due score has been waiting; 0 while that is usual."""
    oldest = Lead.objects.filter(score_due_at__lte=now).aggregate(oldest=Min("score_due_at"))["oldest"]
    lag = (now - oldest).total_seconds() if oldest else 0
    return int(lag // 60) if lag > USUAL_LAG else 0
