"""Make a rule set live, and have every lead scored by it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.models import User
from scoring import signals
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import rule_set_from_rows
from scoring.rules.full_rescore import begin_full_rescore


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
        former.save(update_fields=["status"])
    chosen.status = RuleSetStatus.LIVE
    chosen.note = note or chosen.note
    stamp_published(chosen, by=by, now=now)


def stamp_published(live: RuleSet, *, by: User | None, now: datetime) -> None:
    """Store that `live` was published now, and see that every lead is scored by it. Call inside a transaction."""
    live.published_at, live.published_by = now, by
    live.save()
    begin_full_rescore()
    record_audit("rule set published", str(live), by=by, now=now)
    signals.rules_published.send(sender=RuleSet)


def _lock(rule_set: RuleSet) -> tuple[RuleSet, RuleSet | None]:
    """Return the rule set and the live one as they are now, both locked."""
    either = RuleSet.objects.filter(Q(pk=rule_set.pk) | Q(status=RuleSetStatus.LIVE))
    rows = list(either.order_by("pk").select_for_update())
    chosen = next(row for row in rows if row.pk == rule_set.pk)
    return chosen, next((row for row in rows if row.status == RuleSetStatus.LIVE), None)
