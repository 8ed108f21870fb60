"""Detect that a rule set was changed since a user loaded it."""

import hashlib
import json

from leads.errors import LeadError
from scoring.models import RuleSet
from scoring.rules.definition import definition_of


class RuleSetMoved(LeadError):
    """Somebody else changed or published it meanwhile."""


def state_of(rule_set: RuleSet) -> str:
    """Return a short text that changes with any editable content of a rule set, and with its status."""
    state = [rule_set.status, rule_set.version, rule_set.note, definition_of(rule_set)]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


def lock_unchanged(rule_set_id: int, *, state: str | None) -> RuleSet:
    """Lock a rule set for a change. Raises RuleSetMoved if it is gone, or not in the given `state` (if any)."""
    row = RuleSet.objects.select_for_update().filter(pk=rule_set_id).first()
    if row is None:
        raise RuleSetMoved("Nothing was saved: somebody discarded this draft meanwhile.")
    if state is not None and state_of(row) != state:
        raise RuleSetMoved(
            f"Nothing was saved: somebody changed this rule set meanwhile; it is {row} ({row.get_status_display()}) "
            "now. Look at it, then make your change again. What you typed stays on this page, or behind your browser's "
            "Back button."
        )
    return row
