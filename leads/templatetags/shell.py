"""What the frame of every screen tells: how many leads there are and wait, and whether scores are up to date."""

from datetime import datetime

from django import template
from django.utils import timezone

from leads.events.due import seconds_behind
from leads.models import Lead
from leads.people.keyset import capped_count

register = template.Library()

# Due scores wait for the next sweep at most this long while all is well.
USUAL_LAG = 2 * 60


@register.simple_tag
def shell() -> dict[str, int]:
    """Return the counts and the lag that the frame shows; three quick queries."""
    return {
        "leads": capped_count(Lead.objects.current()),
        "waiting": capped_count(Lead.objects.awaiting_claim(), cap=99),
        "minutes_behind": minutes_behind(timezone.now()),
    }


def minutes_behind(now: datetime) -> int:
    """Return for how many minutes the longest due score has been waiting; 0 while that is usual."""
    lag = seconds_behind(now=now)
    return int(lag // 60) if lag > USUAL_LAG else 0
