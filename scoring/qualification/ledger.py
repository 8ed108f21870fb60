"""The ledger: the entries of an explanation as shown on the lead page."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import timezone

from scoring.engine.explain import ADJUSTMENT, BEHAVIOUR, Entry
from scoring.engine.facts import RuleSet

ADJUSTMENTS = {
    "behaviour_limit": "Behaviour counts up to its limit",
    "behaviour_floor": "Behaviour never goes below 0",
    "fit_limit": "Fit counts up to its limit",
    "fit_floor": "Fit never goes below 0",
}


def ledger_lines(entries: Iterable[Entry], part: str, rule_set: RuleSet) -> list[Mapping[str, object]]:
    """Return one half of the ledger: the highest points first, adjustments last."""
    event_kinds = {rule.name: rule.kind for rule in rule_set.rules}
    own = sorted((entry for entry in entries if _part(entry) == part), key=_by_worth)
    return [
        {
            "label": ADJUSTMENTS[entry.rule] if entry.kind == ADJUSTMENT else entry.rule,
            "event_kind": event_kinds.get(entry.rule, "") if entry.kind == BEHAVIOUR else "",
            "count": entry.count,
            "last_at": _local(entry.last_at),
            "points_given": entry.points_given,
            "points_now": entry.points_now,
        }
        for entry in own
    ]


def _part(entry: Entry) -> str:
    """Return which half of the score an entry belongs to; an adjustment's name begins with it."""
    return entry.rule.partition("_")[0] if entry.kind == ADJUSTMENT else entry.kind


def _by_worth(entry: Entry) -> tuple[bool, float]:
    return entry.kind == ADJUSTMENT, -abs(entry.points_now)


def _local(posix: float | None) -> datetime | None:
    return None if posix is None else datetime.fromtimestamp(posix, timezone.get_current_timezone())
