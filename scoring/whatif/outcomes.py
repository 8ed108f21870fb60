"""Leads whose end is known: who bought, who did not, and when that was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Max, QuerySet

from leads.models import Stage, StageChange

SPAN = timedelta(days=365)
_ENDS = (Stage.CUSTOMER, Stage.DISQUALIFIED, Stage.RECYCLED)

_Move = tuple[int, str, str, datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One closed lead. at: when it was decided; recycles: those before that. POSIX seconds."""

    lead_id: int
    is_won: bool
    at: float
    recycles: tuple[float, ...]


def read_outcomes(*, now: datetime) -> list[Outcome]:
    """Return the leads decided in the last year, in id order; one query.

    Won: it became a customer, the first time. Lost, where it never did: it was disqualified, or recycled after sales
    had claimed it, the last time.
    """
    lately = _ends(now=now).filter(changed_at__gt=now - SPAN)
    moves = _ends(now=now).filter(lead__merged_into=None, lead__in=lately.values("lead"))
    rows = moves.order_by("lead_id", "changed_at", "id").values_list("lead_id", "from_stage", "to_stage", "changed_at")
    found = [_outcome(list(group)) for _, group in groupby(rows.iterator(), key=itemgetter(0))]
    begin = (now - SPAN).timestamp()
    return [outcome for outcome in found if outcome is not None and outcome.at > begin]


def outcomes_stamp(*, now: datetime) -> tuple[int, int]:
    """Return what changes whenever a lead is decided, or drops out of the year; one query."""
    lately = _ends(now=now).filter(changed_at__gt=now - SPAN)
    found = lately.aggregate(number=Count("id"), latest=Max("id", default=0))
    return found["number"], found["latest"]


def _ends(*, now: datetime) -> QuerySet[StageChange]:
    return StageChange.objects.filter(to_stage__in=_ENDS, changed_at__lte=now)


def _outcome(moves: list[_Move]) -> Outcome | None:
    won = next((move for move in moves if move[2] == Stage.CUSTOMER), None)
    end = won or next((move for move in reversed(moves) if _is_lost(move)), None)
    if end is None:
        return None
    return Outcome(end[0], won is not None, end[3].timestamp(), _recycles(moves, before=end[3]))


def _is_lost(move: _Move) -> bool:
    return move[2] == Stage.DISQUALIFIED or (move[1], move[2]) == (Stage.CLAIMED, Stage.RECYCLED)


def _recycles(moves: Iterable[_Move], *, before: datetime) -> tuple[float, ...]:
    return tuple(move[3].timestamp() for move in moves if move[2] == Stage.RECYCLED and move[3] < before)
