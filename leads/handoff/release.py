"""A sales rep puts a claimed lead back, as if it had never been taken."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leads.errors import NotOwner, StageMoveRefused
from leads.events.due import mark_due
from leads.lifecycle.move import Move, move_leads
from leads.models import Lead, Role, Stage, User


def release_lead(lead: Lead, *, rep: User, now: datetime) -> None:
    """Put a claimed lead back into the queue, unassigned, on the clock that it had.

    Raises NotOwner unless `rep` owns the lead or manages the team, or when it is not claimed any more.
    """
    may_release_any = rep.role in (Role.MANAGER, Role.ADMIN)
    move = Move.by_hand(lead, Stage.CLAIMED, Stage.SQL, f"{rep} released the lead.")
    try:
        with transaction.atomic():
            move_leads(
                [move],
                now=now,
                actor=rep,
                where=Q(merged_into=None) if may_release_any else Q(merged_into=None, owner=rep),
                columns={"owner": None, "claimed_at": None},
            )
            # While it was claimed nobody asked whether it still is an SQL.
            mark_due([lead.pk], now=now)
    except StageMoveRefused:
        raise NotOwner(f"{lead.display_name} is not claimed by you.") from None
