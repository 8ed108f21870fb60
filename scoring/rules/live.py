"""The live rule set, compiled once per process and cached until another version is live."""

from collections import deque
from functools import lru_cache

from leads.rows import fetch
from scoring.engine.score import CompiledRuleSet, compile_rule_set
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import rule_set_from_rows

# Publishing takes a moment; one or two retries are enough to load consistent rules.
LOAD_ATTEMPTS = 5

_last_told: deque[CompiledRuleSet] = deque(maxlen=1)


class NoLiveRuleSet(RuntimeError):
    """No rule set is live."""


def live_rule_set() -> CompiledRuleSet:
    """Return the live rule set. One query, unless it changed since the last call in this process."""
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
    """Return the rule set that was live at the last call in this process; it may be outdated. No query."""
    return _last_told[-1] if _last_told else live_rule_set()


class _ChangedWhileLoading(Exception):
    pass


def _live_version() -> tuple[int, object]:
    """Return the live version and when it was published, from the database."""
    # Raw SQL, since this runs for every lead scored alone: the ORM would take a tenth of the whole scoring.
    rows = fetch("SELECT version, published_at FROM scoring_ruleset WHERE status = %s", [RuleSetStatus.LIVE.value])
    if not rows:
        raise NoLiveRuleSet("No rule set is live. `manage.py rule_set publish VERSION` makes one live.")
    version, published_at = rows[0]
    return version, published_at


@lru_cache(maxsize=2)
def _loaded(version: int, published_at: object) -> CompiledRuleSet:
    """Load a version's rows in several queries; a version that changes meanwhile is not cached."""
    row = RuleSet.objects.filter(status=RuleSetStatus.LIVE, version=version).first()
    if row is None:
        raise _ChangedWhileLoading
    rule_set = rule_set_from_rows(row)
    if _live_version() != (version, published_at):
        raise _ChangedWhileLoading
    return compile_rule_set(rule_set)
