"""The drop-off of a dialogue: how many visitors reached each question recently, and how many left there."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from leads.channels.chat.script import Script, Step
from leads.models import ChatConversation, ChatDialogue, ChatOpenings, ChatOutcome

DAYS = 30
# The newest conversations are counted one by one; more of them would not change the picture.
MOST_COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Stop:
    """A question's figures: how often it was asked, and how often it was left unanswered."""

    step: Step
    asked: int
    left: int


@dataclass(frozen=True, slots=True)
class DropOff:
    """A dialogue's figures. opened: how often; begun: conversations with an answer; ended: conversations that ended."""

    opened: int
    begun: int
    ended: int
    stops: list[Stop]


def drop_off(dialogue: ChatDialogue, script: Script, *, now: datetime) -> DropOff:
    """Count the outcomes of a dialogue's conversations in the last 30 days, by the questions of this script."""
    since = now - timedelta(days=DAYS)
    rows = ChatConversation.objects.filter(dialogue=dialogue, started_at__gte=since).exclude(
        outcome=ChatOutcome.BLOCKED
    )
    counted = list(rows.order_by("-started_at", "-id").values_list("answers", "step", "ended_at")[:MOST_COUNTED])
    asked: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for answers, step, ended_at in counted:
        asked.update({answer["step"] for answer in answers} | ({step} if step else set()))
        left.update([step] if step and ended_at is None else [])
    stops = [Stop(step, asked[step.key], left[step.key]) for step in script.steps if step.is_question]
    ended = sum(ended_at is not None for *_, ended_at in counted)
    return DropOff(_opened(dialogue, since), len(counted), ended, stops)


def figures(*, now: datetime) -> dict[int, dict[str, int]]:
    """Return, by dialogue, how many conversations of the last 30 days began, became leads, and wrote to sales."""
    known = Q(outcome__in=(ChatOutcome.LEAD, ChatOutcome.MEETING, ChatOutcome.SALES))
    rows = (
        ChatConversation.objects.filter(started_at__gte=now - timedelta(days=DAYS))
        .exclude(outcome=ChatOutcome.BLOCKED)
        .values("dialogue_id")
        .order_by()
        .annotate(begun=Count("pk"), known=Count("pk", filter=known), sales=Count("pk", filter=Q(outcome="sales")))
    )
    return {row["dialogue_id"]: {name: row[name] for name in ("begun", "known", "sales")} for row in rows}


def _opened(dialogue: ChatDialogue, since: datetime) -> int:
    days = ChatOpenings.objects.filter(dialogue=dialogue, opened_date__gte=since.date())
    return days.aggregate(times=Sum("times"))["times"] or 0
