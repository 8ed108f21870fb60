"""Count how often a dialogue is opened per day; nothing is stored about who opened it."""

from datetime import datetime

from django.db.models import F

from leads.models import ChatDialogue, ChatOpenings


def count_opening(dialogue: ChatDialogue, *, now: datetime) -> None:
    """Add one to today's openings. The database adds, so that simultaneous openings are not lost."""
    day = ChatOpenings.objects.get_or_create(dialogue=dialogue, opened_date=now.date())[0]
    ChatOpenings.objects.filter(pk=day.pk).update(times=F("times") + 1)
