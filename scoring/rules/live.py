"""The live rule set, made ready for scoring once in a process and kept until another version is live."""

from collections import deque
from functools import lru_cache

from leads.rows import fetch
from scoring.engine.score import CompiledRuleSet, compile_rule_set
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import rule_set_from_rows

# Publishing takes a moment; whoever loads rules meanwhile finds them settled at the next try or the one after.
LOAD_ATTEMPTS = 5

_last_told: deque[CompiledRuleSet] = deque(maxlen=1)


class NoLiveRuleSet(RuntimeError):
    """There are no rules to score by."""


def live_rule_set() -> CompiledRuleSet:
    """Return the live rule set. One query, unless it changed since this process asked last."""
    for _ in range(LOAD_ATTEMPTS):
        version, published_at = _live_version()
        try:
            rules = _loaded(version, published_at)
        except _ChangedWhileLoading:
            continue
        _last_told.append(rules)
        return rules
    raise NoLiveRuleSet(f"The live rule set changed {LOAD_ATTEMPTS} times while it was loaded.")


def last_rule_set() -> CompiledRuleSet:
    """Return the rule set that was live when this process asked last; it may have been replaced since. No query."""
    return _last_told[-1] if _last_told else live_rule_set()


class _ChangedWhileLoading(Exception):
    pass


def _live_version() -> tuple[int, object]:
    """Return the live version and when it was published, as the database says it."""
    # Spelt out, as every lead that is scored by itself asks: the ORM takes a tenth of its whole scoring.
    rows = fetch("SELECT version, published_at FROM scoring_ruleset WHERE status = %s", [RuleSetStatus.LIVE.value])
    if not rows:
        raise NoLiveRuleSet("No rule set is live. `manage.py rule_set publish VERSION` makes one live.")
    version, published_at = rows[0]
    return version, published_at


@lru_cache(maxsize=2)
def _loaded(version: int, published_at: object) -> CompiledRuleSet:
    """Load a version's rows. They are several queries, so a version that moved meanwhile is not kept."""
    row = RuleSet.objects.filter(status=RuleSetStatus.LIVE, version=version).first()
    if row is None:
        raise _ChangedWhileLoading
    rule_set = rule_set_from_rows(row)
    if _live_version() != (version, published_at):
        raise _ChangedWhileLoading
    return compile_rule_set(rule_set)
