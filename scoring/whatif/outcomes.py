"""Leads whose end is known: who bought, who did not, and when that was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from leads.models import Stage, StageChange

SPAN = timedelta(days=365)
# The latest outcomes say most about the leads of today; so many are looked at.
MOST = 5_000
_ENDS = (Stage.CUSTOMER, Stage.DISQUALIFIED, Stage.RECYCLED)

_Move = tuple[int, str, str, datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One closed lead. at: when it was decided; recycles: those before that. POSIX seconds."""

    lead_id: int
    is_won: bool
    at: float
    recycles: tuple[float, ...]


def read_outcomes(*, now: datetime, most: int = MOST) -> list[Outcome]:
    """Return the leads decided in the last year, the latest `most`, in id order; one query.

    Won: it became a customer, the first time. Lost, where it never did: it was disqualified, or recycled after sales
    had claimed it, the last time.
    """
    moves = StageChange.objects.filter(to_stage__in=_ENDS, changed_at__lte=now, lead__merged_into=None)
    rows = moves.order_by("lead_id", "changed_at", "id").values_list("lead_id", "from_stage", "to_stage", "changed_at")
    found = [_outcome(list(group)) for _, group in groupby(rows.iterator(), key=lambda move: move[0])]
    begin = (now - SPAN).timestamp()
    lately = sorted(
        (one for one in found if one is not None and one.at >= begin), key=lambda one: (-one.at, one.lead_id)
    )
    return sorted(lately[:most], key=lambda one: one.lead_id)


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
