"""A sales rep claims a lead from the queue."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leads import signals
from leads.errors import AlreadyClaimed, StageMoveRefused
from leads.lifecycle.move import Move, move_leads
from leads.models import Lead, Stage, User


def claim_lead(lead: Lead, *, rep: User, now: datetime) -> None:
    """Make `rep` the owner of an unclaimed SQL.

    Raises AlreadyClaimed when another rep was first, or the lead left the queue.
    """
    move = Move.by_hand(lead, Stage.SQL, Stage.CLAIMED, f"{rep} claimed the lead.")
    try:
        with transaction.atomic():
            # The conditional UPDATE inside decides the race; no lock is held while reps think.
            move_leads(
                [move],
                now=now,
                actor=rep,
                where=Q(claimed_at=None, merged_into=None),
                columns={"owner": rep, "claimed_at": now},
            )
            signals.lead_claimed.send(sender=Lead, lead_id=lead.pk, rep_id=rep.pk, now=now)
    except StageMoveRefused:
        raise _refusal(lead, now=now) from None


def _refusal(lead: Lead, *, now: datetime) -> AlreadyClaimed:
    current = Lead.objects.select_related("owner", "merged_into").get(pk=lead.pk)
    if current.merged_into is not None:
        return AlreadyClaimed(f"{current.display_name} was merged into {current.merged_into.display_name} meanwhile.")
    if current.stage != Stage.CLAIMED or current.owner is None or current.claimed_at is None:
        return AlreadyClaimed(f"{current.display_name} is {current.get_stage_display()} and not in the queue.")
    ago = _ago((now - current.claimed_at).total_seconds())
    return AlreadyClaimed(
        f"{current.owner} claimed {current.display_name} {ago} before you.",
        claimed_by=str(current.owner),
        claimed_at=current.claimed_at,
    )


def _ago(seconds: float) -> str:
    whole = max(0, round(seconds))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if whole >= size:
            return _counted(whole // size, unit)
    return _counted(whole, "second") if whole else "a moment"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
