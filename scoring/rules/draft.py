"""Rule sets that are being written."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from scoring.models import RuleSet
from scoring.rules.definition import add_rules, complete


@transaction.atomic
def import_draft(data: Mapping[str, object], *, now: datetime) -> RuleSet:
    """Store a rule set given as JSON as a draft with the next version. Raises RuleSetError, which names the place."""
    definition = complete(data)
    draft = RuleSet.objects.create(
        version=next_version(),
        name=definition["name"],
        behaviour_limit=definition["behaviour_limit"],
        fit_limit=definition["fit_limit"],
        created_at=now,
    )
    add_rules(draft, definition)
    return draft


def next_version() -> int:
    """Return the number after the highest that was ever given."""
    highest: int | None = RuleSet.objects.aggregate(highest=Max("version"))["highest"]
    return (highest or 0) + 1
