"""Mark leads due for scoring. Whoever changes an input of the score calls this in the same transaction."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.db.models import F, Min

from leads import signals
from leads.models import Lead
from leads.prepared import Prepared
from leads.rows import as_list, for_update, is_postgresql, listed, one_of


def lock_leads(lead_ids: Iterable[int]) -> list[int]:
    """Lock these leads' rows until the transaction ends; return the existing ids, in id order.

    Everyone who writes several leads locks them in this order, so that no two transactions deadlock.
    """
    ids = sorted(set(lead_ids))
    return [pk for (pk,) in _lock().fetch({"lead_ids": as_list(ids)})] if ids else []


@cache
def _lock() -> Prepared:
    # Looked up one by one, so that they are locked in the given order.
    one_by_one = f"""
        SELECT found.id FROM unnest(%(lead_ids)s) AS given(id)
        CROSS JOIN LATERAL (SELECT id FROM leads_lead WHERE leads_lead.id = given.id LIMIT 1 {for_update()}) AS found
    """  # noqa: S608 - names of our own
    portable = f"SELECT id FROM leads_lead WHERE {listed('id', '%(lead_ids)s')} ORDER BY id"  # noqa: S608
    return Prepared("leadcrm_lock", one_by_one if is_postgresql() else portable, {"lead_ids": "bigint[]"})


def mark_due(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Make these leads' scores due now and announce that their facts changed. Call inside a transaction."""
    ids = lock_leads(lead_ids)
    if ids:
        Lead.objects.filter(pk__in=one_of(ids)).update(score_due_at=now, facts_version=F("facts_version") + 1)
        signals.facts_changed.send(sender=Lead, lead_ids=ids, now=now)


def seconds_behind(*, now: datetime) -> float:
    """Return how long the longest waiting lead has been due for scoring; 0 if none is. A single index lookup."""
    oldest: datetime | None = Lead.objects.due_for_scoring(now).aggregate(oldest=Min("score_due_at"))["oldest"]
    return (now - oldest).total_seconds() if oldest else 0.0
