"""A sales rep puts a claimed lead back into the queue."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leads.errors import NotOwner, StageMoveRefused
from leads.events.due import mark_due
from leads.lifecycle.move import Move, move_leads
from leads.models import Lead, Role, Stage, User


def release_lead(lead: Lead, *, rep: User, now: datetime) -> None:
    """Put a claimed lead back into the queue, unassigned, with its former clock.

    Raises NotOwner unless `rep` owns the lead or manages the team, or if it is no longer claimed.
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
            # While it was claimed, scoring did not check whether it is still an SQL.
            mark_due([lead.pk], now=now)
    except StageMoveRefused:
        raise NotOwner(f"{lead.display_name} is not claimed by you.") from None
