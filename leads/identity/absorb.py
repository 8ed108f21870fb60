"""Make one lead of several: the survivor takes the identifiers and events, the others point to it from then on."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from leads import signals
from leads.identity.duplicates import move_duplicates
from leads.models import Lead, LeadSearch
from leads.rows import given, run


def absorb_leads(absorbed: Mapping[int, int], *, now: datetime) -> None:
    """Merge leads, given as absorbed id -> survivor id; a fixed number of statements.

    Call inside a transaction that holds the locks of all their identifiers and of the leads. What is known about the
    absorbed leads is for leads.people to carry over. An absorbed lead keeps its history, is never scored again and
    keeps resolving to its survivor. The survivor's stage is its own: scoring raises it by the events that it gained.
    """
    if not absorbed:
        return
    table, pairs = given([{"old": old, "new": new} for old, new in absorbed.items()], old="bigint", new="bigint")
    for name, column in (("identifier", "lead_id"), ("event", "lead_id"), ("lead", "merged_into_id")):
        run(
            f"UPDATE leads_{name} SET {column} = given.new FROM {table} WHERE leads_{name}.{column} = given.old",  # noqa: S608
            pairs,
        )
    run(f"UPDATE leads_lead SET merged_into_id = given.new FROM {table} WHERE leads_lead.id = given.old", pairs)  # noqa: S608
    Lead.objects.filter(pk__in=absorbed).update(score_due_at=None, facts_version=F("facts_version") + 1)
    Lead.objects.filter(pk__in=set(absorbed.values())).update(score_due_at=now, facts_version=F("facts_version") + 1)
    LeadSearch.objects.filter(lead_id__in=absorbed).delete()
    move_duplicates(absorbed, now=now)
    for old, new in absorbed.items():
        signals.leads_merged.send(sender=Lead, survivor_id=new, absorbed_id=old, now=now)
