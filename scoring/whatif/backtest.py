"""A draft beside the live rules on leads whose end is known: how well each would have found the buyers."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from time import perf_counter

import numpy as np

from scoring.engine.batch import Flags, Floats
from scoring.engine.facts import DAY
from scoring.engine.score import CompiledRuleSet
from scoring.qualification.drain import no_garbage_collection
from scoring.rules.live import live_rule_set
from scoring.whatif.interval import FEWEST_CASES, Share
from scoring.whatif.lift import Lift, Suggestion, lifts_of, suggestions_of
from scoring.whatif.outcomes import read_outcomes
from scoring.whatif.replay import Replay, replay


@dataclass(frozen=True, slots=True)
class Found:
    """What one version would have found.

    bought: of the leads that would have been SQLs, those who bought. found: of the buyers, those that would have been
    SQLs; reached: those whose score alone reached the threshold. days: from SQL to sale, in the middle; None under 30
    sales. contacted: of all closed leads, the SQLs. curve: shares (of leads contacted, the best score first; of buyers
    found), empty under 30 buyers.
    """

    version: int
    bought: Share
    found: Share
    reached: Share
    days: float | None
    contacted: Share
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Live beside draft on the closed leads of the last year. lifts: of the draft's rules."""

    closed: int
    won: int
    live: Found
    draft: Found
    lifts: tuple[Lift, ...]
    suggestions: tuple[Suggestion, ...]
    seconds: float


def backtest(draft: CompiledRuleSet, *, now: datetime) -> Backtest:
    """Score every closed lead of the last year as it stood before its outcome, by a draft and by the live rules."""
    began = perf_counter()
    live = live_rule_set()
    outcomes = read_outcomes(now=now)
    with no_garbage_collection():
        # A version beside itself is worked out once.
        is_same = live.rule_set.version == draft.rule_set.version
        replays = replay(outcomes, live, *(() if is_same else (draft,)))
    by_live, by_draft = replays[0], replays[-1]
    is_won = np.array([outcome.is_won for outcome in outcomes], np.bool_)
    ends = np.array([outcome.at for outcome in outcomes], np.float64)
    lifts = lifts_of(by_draft, is_won)
    return Backtest(
        len(outcomes),
        int(is_won.sum()),
        _found(by_live, is_won, ends),
        _found(by_draft, is_won, ends),
        tuple(lifts),
        tuple(suggestions_of(lifts)),
        perf_counter() - began,
    )


def _found(replay: Replay, is_won: Flags, ends: Floats) -> Found:
    is_sql = np.isfinite(replay.sql_at)
    hits, won = int((is_sql & is_won).sum()), int(is_won.sum())
    days = ((ends - replay.sql_at)[is_sql & is_won] / DAY).tolist()
    return Found(
        replay.compiled.rule_set.version,
        Share(hits, int(is_sql.sum())),
        Share(hits, won),
        Share(int((_reaches(replay) & is_won).sum()), won),
        median(days) if len(days) >= FEWEST_CASES else None,
        Share(int(is_sql.sum()), len(is_won)),
        gains(replay.best, is_won) if won >= FEWEST_CASES else (),
    )


def _reaches(replay: Replay) -> Flags:
    reaches: Flags = np.round(replay.best, 6) >= replay.compiled.rule_set.policy.sql_threshold
    return reaches


def gains(scores: Floats, is_won: Flags) -> tuple[tuple[float, float], ...]:
    """Return the gains curve: shares of leads and of buyers, the best score first; leads of one score come together."""
    levels, level = np.unique(-np.round(scores, 6), return_inverse=True)
    leads, buyers = np.bincount(level, minlength=len(levels)), np.bincount(level[is_won], minlength=len(levels))
    xs, ys = np.cumsum(leads) / leads.sum(), np.cumsum(buyers) / buyers.sum()
    return ((0.0, 0.0), *zip(xs.tolist(), ys.tolist(), strict=True))
