"""Backtests that were worked out lately: as long as rules and outcomes are the same, so is the answer."""

import hashlib
from datetime import datetime

from django.core.cache import cache

from scoring.engine.score import CompiledRuleSet
from scoring.rules.live import live_rule_set
from scoring.whatif.backtest import Backtest, backtest
from scoring.whatif.outcomes import outcomes_stamp

# Seconds. Attributes that change and events that come in late show after so long at the latest.
KEPT = 15 * 60


def kept_backtest(rules: CompiledRuleSet, *, now: datetime) -> Backtest:
    """Return the backtest of these rules, worked out unless it is kept."""
    key = _key(rules, now=now)
    found: Backtest | None = cache.get(key)
    if found is None:
        found = backtest(rules, now=now)
        cache.set(key, found, KEPT)
    return found


def _key(rules: CompiledRuleSet, *, now: datetime) -> str:
    what = (live_rule_set().rule_set, rules.rule_set, outcomes_stamp(now=now))
    return f"backtest-{hashlib.sha256(repr(what).encode()).hexdigest()}"
