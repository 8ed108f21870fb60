"""Make a rule set live, and mark every lead due for it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.events.due import mark_due
from leads.models import Lead, User
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import rule_set_from_rows

# Leads marked in one transaction: less than a second's work, so that intake hardly waits for their rows.
CHUNK = 10_000


@transaction.atomic
def publish(rule_set: RuleSet, *, by: User | None, note: str = "", now: datetime) -> None:
    """Make a draft live, or an archived version again; the former live one is archived.

    A note replaces the rule set's own. Raises LeadError where it is live already, RuleSetError where it can't be used.
    """
    chosen, former = _lock(rule_set)
    if chosen.status == RuleSetStatus.LIVE:
        raise LeadError(f"{chosen} is live already.")
    rule_set_from_rows(chosen)
    if former is not None:
        former.status = RuleSetStatus.ARCHIVED
        former.marked_to_id = None
        former.save(update_fields=["status", "marked_to_id"])
    chosen.status = RuleSetStatus.LIVE
    chosen.note = note or chosen.note
    stamp_published(chosen, by=by, now=now)


def stamp_published(live: RuleSet, *, by: User | None, now: datetime) -> None:
    """Store that `live` was published now, and see that every lead is scored by it. Call inside a transaction."""
    live.published_at, live.published_by = now, by
    live.marked_to_id = 0
    live.save()
    record_audit("rule set published", str(live), by=by, now=now)
    # The first chunk at once; the sweep goes on with the rest, and with all of it if this process dies here.
    transaction.on_commit(lambda: continue_marking(now=now, chunks=1), robust=True)


def continue_marking(*, now: datetime, chunks: int | None = None) -> None:
    """Mark the leads due that the last publishing has not marked yet, at most `chunks` times 10,000 (empty: all)."""
    done = 0
    while (chunks is None or done < chunks) and _mark_chunk(now):
        done += 1


def begin_marking() -> int:
    """Let every lead count as due, as a publishing does; return the live version."""
    live = RuleSet.objects.filter(status=RuleSetStatus.LIVE)
    live.update(marked_to_id=0)
    return live.values_list("version", flat=True).get()


def advance_marking(version: int, lead_id: int) -> None:
    """Note that the leads up to this id are scored by this version, or marked due; unless another is live by now."""
    RuleSet.objects.filter(status=RuleSetStatus.LIVE, version=version, marked_to_id__lt=lead_id).update(
        marked_to_id=lead_id
    )


def end_marking(version: int) -> None:
    """Note that no lead waits to be marked; unless another version is live by now."""
    RuleSet.objects.filter(status=RuleSetStatus.LIVE, version=version).update(marked_to_id=None)


@transaction.atomic
def _mark_chunk(now: datetime) -> bool:
    """Mark the next leads in id order; say whether there may be more. A second marker waits for the first."""
    live = RuleSet.objects.select_for_update().filter(status=RuleSetStatus.LIVE).first()
    if live is None or live.marked_to_id is None:
        return False
    after = Lead.objects.current().filter(pk__gt=live.marked_to_id).order_by("pk")
    lead_ids = list(after.values_list("pk", flat=True)[:CHUNK])
    mark_due(lead_ids, now=now)
    live.marked_to_id = lead_ids[-1] if len(lead_ids) == CHUNK else None
    live.save(update_fields=["marked_to_id"])
    return live.marked_to_id is not None


def _lock(rule_set: RuleSet) -> tuple[RuleSet, RuleSet | None]:
    """Return the rule set and the live one as they are now, both locked."""
    either = RuleSet.objects.filter(Q(pk=rule_set.pk) | Q(status=RuleSetStatus.LIVE))
    rows = list(either.order_by("pk").select_for_update())
    chosen = next(row for row in rows if row.pk == rule_set.pk)
    return chosen, next((row for row in rows if row.status == RuleSetStatus.LIVE), None)
