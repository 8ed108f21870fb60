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
from scoring.whatif.outcomes import Outcome, read_outcomes
from scoring.whatif.replay import Replay, blank, joined, replay
from scoring.whatif.sample import Bounds, sample_of_ids

BOUNDS = Bounds(all_up_to=500, most=5_000, seconds=3.0, part=500)


@dataclass(frozen=True, slots=True)
class Found:
    """What one version would have found.

    bought: of the leads that would have been SQLs, those who bought. found: of the buyers, those that would have been
    SQLs; reached: those whose score alone reached the threshold. days: from SQL to sale, in the middle, of so many
    sales; None under 30. contacted: of all closed leads, the SQLs. curve: shares (of leads contacted, the best score
    first; of buyers found), empty under 30 buyers.
    """

    version: int
    bought: Share
    found: Share
    reached: Share
    days: float | None
    sales: int
    contacted: Share
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Live beside draft on the closed leads of the last year.

    total: how many there are; closed: how many of them were looked at, fewer only where time was short; won: of those.
    draft: None where there is nothing to compare with. lifts: of the draft's rules, or else of the live ones.
    """

    total: int
    closed: int
    won: int
    live: Found
    draft: Found | None
    lifts: tuple[Lift, ...]
    suggestions: tuple[Suggestion, ...]
    seconds: float

    @property
    def is_sample(self) -> bool:
        """Whether closed leads were left out."""
        return self.closed < self.total

    @property
    def tuned(self) -> Found:
        """The version that is asked about: the draft, or else the live one."""
        return self.draft or self.live


def backtest(rules: CompiledRuleSet, *, now: datetime, bounds: Bounds = BOUNDS) -> Backtest:
    """Score the closed leads of the last year as they stood before their outcome, by the live rules and by these.

    Where these are the live ones there is nothing to compare.
    """
    began = perf_counter()
    live = live_rule_set()
    is_live = live.rule_set.version == rules.rule_set.version
    outcomes = {outcome.lead_id: outcome for outcome in read_outcomes(now=now)}
    sample = sample_of_ids(outcomes, bounds)
    compared, closed = [live] if is_live else [live, rules], list[Outcome]()
    parts = [[blank(compiled)] for compiled in compared]
    with no_garbage_collection():
        for lead_ids in sample.parts():
            closed += (part := [outcomes[lead_id] for lead_id in lead_ids])
            for kept, one in zip(parts, replay(part, *compared), strict=True):
                kept.append(one)
    replays = [joined(kept) for kept in parts]
    is_won = np.array([outcome.is_won for outcome in closed], np.bool_)
    ends = np.array([outcome.at for outcome in closed], np.float64)
    found = [_found(one, is_won, ends) for one in replays]
    lifts = lifts_of(replays[-1], is_won)
    return Backtest(
        sample.total,
        len(closed),
        int(is_won.sum()),
        found[0],
        None if is_live else found[1],
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
        len(days),
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
