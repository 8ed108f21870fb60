"""Change the live rule set in place: the former version is archived, the changed one gets the next number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.models import User
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import add_rules, definition_of, rule_set_from_rows
from scoring.rules.draft import next_version
from scoring.rules.publish import stamp_published


@dataclass(frozen=True, slots=True)
class Frozen:
    """The live rule set as it was before a change."""

    row: RuleSet
    definition: Mapping[str, Any]


def freeze(rule_set_id: int) -> Frozen:
    """Return a rule set as stored, for `revise` to archive."""
    row = RuleSet.objects.get(pk=rule_set_id)
    return Frozen(row, definition_of(row))


@transaction.atomic
def revise(rule_set_id: int, *, former: Frozen, by: User | None, now: datetime) -> bool:
    """Publish the changed rows under the next version and archive the former ones; return whether anything changed.

    Call at the end of the transaction that locked and changed the rows. Raises RuleSetError if the result is invalid.
    """
    live = RuleSet.objects.get(pk=rule_set_id)
    rule_set_from_rows(live)
    if definition_of(live) == former.definition:
        RuleSet.objects.filter(pk=live.pk).update(note=former.row.note)
        return False
    live.version = next_version()
    stamp_published(live, by=by, now=now)
    _archive(former)
    return True


def _archive(former: Frozen) -> None:
    kept = former.row
    copy = RuleSet.objects.create(
        version=kept.version,
        status=RuleSetStatus.ARCHIVED,
        name=kept.name,
        note=kept.note,
        behaviour_limit=kept.behaviour_limit,
        fit_limit=kept.fit_limit,
        published_at=kept.published_at,
        published_by=kept.published_by,
        created_at=kept.created_at,
    )
    add_rules(copy, former.definition)
