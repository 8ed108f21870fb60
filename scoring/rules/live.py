"""The live rule set, made ready for scoring once in a process and kept until another version is live."""

from datetime import datetime
from functools import lru_cache

from scoring.engine.score import CompiledRuleSet, compile_rule_set
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import rule_set_from_rows

# Publishing takes a moment; whoever loads rules meanwhile finds them settled at the next try or the one after.
LOAD_ATTEMPTS = 5


class NoLiveRuleSet(RuntimeError):
    """There are no rules to score by."""


def live_rule_set() -> CompiledRuleSet:
    """Return the live rule set. One query, unless it changed since this process asked last."""
    for _ in range(LOAD_ATTEMPTS):
        version, published_at = _live_version()
        try:
            return _loaded(version, published_at)
        except _ChangedWhileLoading:
            continue
    raise NoLiveRuleSet(f"The live rule set changed {LOAD_ATTEMPTS} times while it was loaded.")


class _ChangedWhileLoading(Exception):
    pass


def _live_version() -> tuple[int, datetime | None]:
    version = RuleSet.objects.filter(status=RuleSetStatus.LIVE).values_list("version", "published_at").first()
    if version is None:
        raise NoLiveRuleSet("No rule set is live. `manage.py rule_set publish VERSION` makes one live.")
    return version


@lru_cache(maxsize=2)
def _loaded(version: int, published_at: datetime | None) -> CompiledRuleSet:
    """Load a version's rows. They are several queries, so a version that moved meanwhile is not kept."""
    row = RuleSet.objects.filter(status=RuleSetStatus.LIVE, version=version).first()
    if row is None:
        raise _ChangedWhileLoading
    rule_set = rule_set_from_rows(row)
    if _live_version() != (version, published_at):
        raise _ChangedWhileLoading
    return compile_rule_set(rule_set)
