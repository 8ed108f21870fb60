"""When stored scores need another look: the earliest moment at which time alone changes something.

Each rule's events fade alike, so a rule is one term `points * 2 ** (-t / half_life)`, held at its cap until it has
faded below it; behaviour is their sum within 0..behaviour_limit; fit stands still. The search walks forward in steps
that provably pass no crossing (`_least_time` says why). So a result may be early, never late.
"""

import math
from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Batch, Flags, Floats, Ints
from scoring.engine.decay import NEVER_FADES
from scoring.engine.facts import DAY, MINUTE, Policy
from scoring.engine.score import Scores

# Points by which a score may move before it is computed again.
TOLERANCE = 1.0
# Comparisons with thresholds round to 6 decimals, so a crossing happens half a millionth below.
ROUNDING = 5e-7

# However slowly it fades, a lead is looked at once a year; later moments may be beyond what a date can hold.
LONGEST = 365 * DAY

_LN_2 = math.log(2)
_NEGLIGIBLE = 1e-9
_JUST_ABOVE = 1 + _NEGLIGIBLE
_MOST_STEPS = 40
# Seconds, and part of the way: a search that gains no more than that is there.
_SMALLEST_STEP = 15.0
_CLOSE_ENOUGH = 0.005


def due_at(scores: Scores, next_moments: Floats) -> Floats:
    """Return when each lead is to be scored again, POSIX seconds on a whole minute; inf for never.

    next_moments: when the decision on a lead's stage may change without its score's doing, inf for never.
    """
    as_of = scores.batch.as_of
    moves = as_of + seconds_until_it_moves(scores)
    # A journey is in its window up to and including the last moment, so the change comes right after it.
    leaves = [np.nextafter(journey.ends_at, np.inf) for journey in scores.journeys]
    earliest = np.minimum.reduce([moves, next_moments, _begins(scores.batch), *leaves])
    within = np.clip(earliest, as_of + MINUTE, as_of + LONGEST)
    due: Floats = np.where(np.isinf(earliest), np.inf, np.ceil(within / MINUTE) * MINUTE)
    return due


def seconds_until_it_moves(scores: Scores) -> Floats:
    """Return seconds until decay moves each score by a point or across a threshold or margin; inf for never."""
    terms = _terms(scores)
    low, high = _bounds(scores.score, scores.compiled.rule_set.policy)
    # In terms of behaviour's sum before it is clipped: what clipping hides can't be crossed.
    low, high = low - scores.fit, high - scores.fit
    low[low < -_NEGLIGIBLE] = -np.inf
    high[high > scores.compiled.rule_set.behaviour_limit + _NEGLIGIBLE] = np.inf
    return _first_exits(terms, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """What fades: points, shape (n_leads, n_terms); half_life, cap: (n_terms,). still: what does not, (n_leads,)."""

    still: Floats
    points: Floats
    half_life: Floats
    cap: Floats

    def of(self, rows: Ints) -> "_Terms":
        return _Terms(self.still[rows], self.points[rows], self.half_life, self.cap)


def _terms(scores: Scores) -> _Terms:
    """Add up the terms that fade alike, so that what cancels out does so; those held at their caps stay apart."""
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
    """Return when the first event, or a recycle, that lies in the future begins to count; inf where none does."""
    begins = np.where(batch.recycled_at > batch.as_of, batch.recycled_at, np.inf)
    row, at = batch.events.row, batch.events.at
    ahead = np.flatnonzero(at > batch.as_of[row])
    np.minimum.at(begins, row[ahead], at[ahead])
    return begins


def _bounds(score: Floats, policy: Policy) -> tuple[Floats, Floats]:
    """Return the scores, below and above, at which the stored one has to be looked at again."""
    low, high = score - TOLERANCE, score + TOLERANCE
    for threshold in (policy.mql_threshold, policy.sql_threshold):
        for level in (threshold, threshold - policy.margin):
            edge = level - ROUNDING
            low = np.where(edge <= score, np.maximum(low, edge), low)
            high = np.where(edge > score, np.minimum(high, edge), high)
    return low, high


def _first_exits(terms: _Terms, low: Floats, high: Floats) -> Floats:
    """Return seconds until the sum of all terms reaches `low` or `high`, or a little less; inf for never."""
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
    """Terms of one sign: what they are worth together, its first and second derivative by time, all positive."""

    points: Floats
    speed: Floats
    bend: Floats
    shortest_half_life: Floats


def _safe_steps(terms: _Terms, low: Floats, high: Floats, elapsed: Floats) -> tuple[Floats, Floats]:
    """Return seconds from `elapsed` that pass no crossing, and seconds until the next term fades below its cap."""
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
    shortest = np.where(chosen, half_life, np.inf).min(axis=1, initial=np.inf)
    return _Fading(points.sum(axis=1), points @ rate, points @ (rate * rate), shortest)


def _least_time(gap: Floats, losing: _Fading, gaining: _Fading) -> Floats:
    """Return seconds that pass at the least until `losing` minus `gaining` has lost `gap`; inf for never.

    Two bounds, the later of which holds. All of `losing` fades with its shortest half-life, and `gaining` not at all.
    Or: `losing` lies above its tangent, and `gaining` bends the less the further it has faded, so that the loss is at
    most slope * t + bend / 2 * t ** 2.
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
