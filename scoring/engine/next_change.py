"""When stored scores must be recomputed: the earliest moment at which time alone changes something.

All events of a rule decay alike, so a rule is one term `points * 2 ** (-t / half_life)`, held at its cap until it has
decayed below it. Behaviour is the sum of the terms within 0..behaviour_limit; fit is constant. The search advances in
steps that provably skip no crossing (see `_least_time`). So a result may be early, but never late.
"""

import math
from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Batch, Flags, Floats, Ints
from scoring.engine.decay import NEVER_FADES
from scoring.engine.facts import DAY, MINUTE, Policy
from scoring.engine.score import Scores

# Points by which a score may change before it is recomputed.
TOLERANCE = 1.0
# Comparisons with thresholds round to 6 decimals, so a crossing is half a millionth below.
ROUNDING = 5e-7

# However slow the decay, a lead is recomputed once a year; later moments may exceed the range of dates.
LONGEST = 365 * DAY

_LN_2 = math.log(2)
_NEGLIGIBLE = 1e-9
_JUST_ABOVE = 1 + _NEGLIGIBLE
_MOST_STEPS = 40
# Seconds, and share of the way: the search ends when a step gains no more than this.
_SMALLEST_STEP = 15.0
_CLOSE_ENOUGH = 0.005


def due_at(scores: Scores, next_moments: Floats) -> Floats:
    """Return when each lead must be scored again, POSIX seconds on a whole minute; inf for never.

    next_moments: when the stage may change without a change of the score, inf for never.
    """
    as_of = scores.batch.as_of
    moves = as_of + seconds_until_it_moves(scores)
    # A journey's window includes its last moment, so the change comes right after it.
    leaves = [np.nextafter(journey.ends_at, np.inf) for journey in scores.journeys]
    earliest = np.minimum.reduce([moves, next_moments, _begins(scores.batch), *leaves])
    within = np.clip(earliest, as_of + MINUTE, as_of + LONGEST)
    due: Floats = np.where(np.isinf(earliest), np.inf, np.ceil(within / MINUTE) * MINUTE)
    return due


def seconds_until_it_moves(scores: Scores) -> Floats:
    """Return the seconds until decay moves each score by a point or across a threshold or margin; inf for never."""
    terms = _terms(scores)
    low, high = _bounds(scores.score, scores.compiled.rule_set.policy)
    # In terms of behaviour's unclipped sum: a bound in the clipped range can't be crossed.
    low, high = low - scores.fit, high - scores.fit
    low[low < -_NEGLIGIBLE] = -np.inf
    high[high > scores.compiled.rule_set.behaviour_limit + _NEGLIGIBLE] = np.inf
    return _first_exits(terms, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """The decaying terms: points, shape (n_leads, n_terms); half_life, cap: (n_terms,).

    still: the constant part, (n_leads,).
    """

    still: Floats
    points: Floats
    half_life: Floats
    cap: Floats

    def of(self, rows: Ints) -> "_Terms":
        return _Terms(self.still[rows], self.points[rows], self.half_life, self.cap)


def _terms(scores: Scores) -> _Terms:
    """Add up terms with the same decay, so that opposite ones cancel; those held at their caps stay separate."""
    rules, total = scores.compiled.behaviour, scores.did.total
    fades = rules.half_life != NEVER_FADES
    still = np.clip(total[:, ~fades], -rules.cap[~fades], rules.cap[~fades]).sum(axis=1)
    is_held = (np.abs(total) > rules.cap) & fades
    half_lives, group = np.unique(rules.half_life[fades], return_inverse=True)
    belongs = np.zeros((int(fades.sum()), len(half_lives)))
    belongs[np.arange(len(group)), group] = 1.0
    free = np.where(is_held, 0.0, total)[:, fades] @ belongs
    apart = np.flatnonzero(is_held.any(axis=0))
    return _Terms(
        still,
        np.hstack([free, np.where(is_held, total, 0.0)[:, apart]]),
        np.concatenate([half_lives, rules.half_life[apart]]),
        np.concatenate([np.full(len(half_lives), np.inf), rules.cap[apart]]),
    )


def _begins(batch: Batch) -> Floats:
    """Return when the first future event or recycle begins to count; inf if there is none."""
    begins = np.where(batch.recycled_at > batch.as_of, batch.recycled_at, np.inf)
    row, at = batch.events.row, batch.events.at
    ahead = np.flatnonzero(at > batch.as_of[row])
    np.minimum.at(begins, row[ahead], at[ahead])
    return begins


def _bounds(score: Floats, policy: Policy) -> tuple[Floats, Floats]:
    """Return the scores, below and above, at which the stored one must be recomputed."""
    low, high = score - TOLERANCE, score + TOLERANCE
    for threshold in (policy.mql_threshold, policy.sql_threshold):
        for level in (threshold, threshold - policy.margin):
            edge = level - ROUNDING
            low = np.where(edge <= score, np.maximum(low, edge), low)
            high = np.where(edge > score, np.minimum(high, edge), high)
    return low, high


def _first_exits(terms: _Terms, low: Floats, high: Floats) -> Floats:
    """Return the seconds until the sum of all terms reaches `low` or `high`, or slightly less; inf for never."""
    fades = terms.points.any(axis=1)
    elapsed = np.where(fades, 0.0, np.inf)
    rows = np.flatnonzero(fades)
    for _ in range(_MOST_STEPS):
        if not len(rows):
            break
        so_far = elapsed[rows]
        step, wait = _safe_steps(terms.of(rows), low[rows], high[rows], so_far)
        elapsed[rows] = so_far = so_far + np.minimum(step, wait)
        is_there = step < np.minimum(np.maximum(_SMALLEST_STEP, so_far * _CLOSE_ENOUGH), wait)
        rows = rows[~(is_there | np.isinf(so_far))]
    return elapsed


@dataclass(frozen=True, slots=True, eq=False)
class _Fading:
    """Terms of one sign: their sum, its first and its second derivative by time, all positive."""

    points: Floats
    speed: Floats
    bend: Floats
    shortest_half_life: Floats


def _safe_steps(terms: _Terms, low: Floats, high: Floats, elapsed: Floats) -> tuple[Floats, Floats]:
    """Return the seconds from `elapsed` that skip no crossing, and until the next term decays below its cap."""
    left = terms.points * np.exp2(-elapsed[:, None] / terms.half_life)
    is_held = np.abs(left) > terms.cap * _JUST_ABOVE
    still = terms.still + np.where(is_held, np.clip(left, -terms.cap, terms.cap), 0.0).sum(axis=1)
    wait = np.full(len(elapsed), np.inf)
    if is_held.any():
        over = np.where(is_held, np.abs(left) / terms.cap, 1.0)
        wait = np.where(is_held, terms.half_life * np.log2(over), np.inf).min(axis=1)
    fall = _fading(left, (left > 0) & ~is_held, terms.half_life)
    rise = _fading(-left, (left < 0) & ~is_held, terms.half_life)
    value = still + fall.points - rise.points
    return np.minimum(_least_time(value - low, fall, rise), _least_time(high - value, rise, fall)), wait


def _fading(left: Floats, chosen: Flags, half_life: Floats) -> _Fading:
    points = np.where(chosen, left, 0.0)
    rate = _LN_2 / half_life
    shortest = np.where(chosen, half_life, np.inf).min(axis=1)
    return _Fading(points.sum(axis=1), points @ rate, points @ (rate * rate), shortest)


def _least_time(gap: Floats, losing: _Fading, gaining: _Fading) -> Floats:
    """Return a lower bound of the seconds until `losing` minus `gaining` has lost `gap`; inf for never.

    The later of two bounds. Either all of `losing` decays with its shortest half-life, and `gaining` not at all. Or,
    since `losing` lies above its tangent and `gaining` bends less the further it has decayed, the loss is at most slope
    * t + bend / 2 * t ** 2.
    """
    can = (gap > 0) & (gap < losing.points - _NEGLIGIBLE)
    least = np.where(gap <= 0, 0.0, np.inf)
    if can.any():
        gap, points = gap[can], losing.points[can]
        by_half_life = losing.shortest_half_life[can] * np.log2(points / (points - gap))
        slope, bend = losing.speed[can] - gaining.speed[can], gaining.bend[can]
        least[can] = np.maximum(by_half_life, _parabola_reaches(gap, slope, bend))
    return least


def _parabola_reaches(gap: Floats, slope: Floats, bend: Floats) -> Floats:
    """Return the t > 0 at which slope * t + bend / 2 * t ** 2 is `gap`; inf for never. bend >= 0."""
    root = np.sqrt(slope * slope + 2 * bend * gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = 2 * gap / (root + slope)
        bending = np.where(bend > 0, (root - slope) / bend, np.inf)
    reached: Floats = np.where(slope > 0, rising, bending)
    return reached
