"""Merge leads: the survivor takes over identifiers and events; the absorbed leads point to it from then on."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from leads import signals
from leads.identity.duplicates import move_duplicates
from leads.identity.follow import move_followers
from leads.identity.remember import remember_merges
from leads.models import Lead, LeadSearch, MatchKey, Merge, User
from leads.rows import given, run


def absorb_leads(
    absorbed: Mapping[int, int], *, reasons: Mapping[int, str], by: User | None = None, now: datetime
) -> list[Merge]:
    """Merge leads, given as absorbed id -> survivor id, and return the records; a fixed number of statements.

    Call inside a transaction that holds the locks of the leads and all their identifiers. Traits are carried over by
    leads.people. An absorbed lead keeps its history, is never scored again, and still resolves to its survivor. The
    survivor keeps its stage; scoring may raise it because of the events it gained.

    reasons: why, in words, for each absorbed lead. by: the user; None if intake recognised one person.
    """
    if not absorbed:
        return []
    merges, pairs = remember_merges(absorbed, reasons, by=by, now=now)
    table, parameters = given([{"old": old, "new": new} for old, new in absorbed.items()], old="bigint", new="bigint")
    for name, column in (("identifier", "lead_id"), ("event", "lead_id"), ("lead", "merged_into_id")):
        run(
            f"UPDATE leads_{name} SET {column} = given.new FROM {table} WHERE leads_{name}.{column} = given.old",  # noqa: S608
            parameters,
        )
    run(f"UPDATE leads_lead SET merged_into_id = given.new FROM {table} WHERE leads_lead.id = given.old", parameters)  # noqa: S608
    Lead.objects.filter(pk__in=absorbed).update(score_due_at=None, facts_version=F("facts_version") + 1)
    Lead.objects.filter(pk__in=set(absorbed.values())).update(score_due_at=now, facts_version=F("facts_version") + 1)
    LeadSearch.objects.filter(lead_id__in=absorbed).delete()
    MatchKey.objects.filter(lead_id__in=absorbed).delete()
    move_duplicates(absorbed, pairs)
    move_followers(absorbed, merges)
    Merge.objects.bulk_create(merges)
    for old, new in absorbed.items():
        signals.leads_merged.send(sender=Lead, survivor_id=new, absorbed_id=old, now=now)
    return merges
