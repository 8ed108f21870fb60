"""The frame of every screen: numbers of leads and waiting SQLs, and the scoring lag."""

from datetime import datetime

from django import template
from django.utils import timezone

from leads.events.due import seconds_behind
from leads.models import Lead
from leads.people.keyset import capped_count

register = template.Library()

# In normal operation due scores wait at most this long for the next sweep.
USUAL_LAG = 2 * 60


@register.simple_tag
def shell() -> dict[str, int]:
    """Return the numbers and the lag shown in the frame; three quick queries."""
    return {
        "leads": capped_count(Lead.objects.current()),
        "waiting": capped_count(Lead.objects.awaiting_claim(), cap=99),
        "minutes_behind": minutes_behind(timezone.now()),
    }


def minutes_behind(now: datetime) -> int:
    """Return how many minutes the longest due score has been waiting; 0 as long as that is normal."""
    lag = seconds_behind(now=now)
    return int(lag // 60) if lag > USUAL_LAG else 0
