"""Mark leads due for scoring. Whoever changes what a score is computed from calls this in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Min

from leads import signals
from leads.models import Lead
from leads.rows import as_list, fetch, for_update, listed, one_of


def lock_leads(lead_ids: Iterable[int]) -> list[int]:
    """Lock these leads' rows until the transaction ends and return the ids that exist, in id order.

    All who write many leads take the locks in this order, so that no two of them wait for each other.
    """
    ids = list(set(lead_ids))
    if not ids:
        return []
    # Spelt out, as it stands on the way of every batch of events: the ORM takes as long as ten of them.
    sql = f"SELECT id FROM leads_lead WHERE {listed('id', '%s')} ORDER BY id {for_update()}"  # noqa: S608 - our own
    return [pk for (pk,) in fetch(sql, [as_list(ids)])]


def mark_due(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Make these leads' scores due at once and announce that their facts changed. Call inside a transaction."""
    ids = lock_leads(lead_ids)
    if ids:
        Lead.objects.filter(pk__in=one_of(ids)).update(score_due_at=now, facts_version=F("facts_version") + 1)
        signals.facts_changed.send(sender=Lead, lead_ids=ids, now=now)


def seconds_behind(*, now: datetime) -> float:
    """Return how long the longest waiting lead has been due for scoring; 0 when none is. One step into an index."""
    oldest: datetime | None = Lead.objects.due_for_scoring(now).aggregate(oldest=Min("score_due_at"))["oldest"]
    return (now - oldest).total_seconds() if oldest else 0.0
