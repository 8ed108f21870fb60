"""When a stored score needs another look: the earliest moment at which time alone changes something.

Each rule's events fade alike, so a rule is one term `points * 2 ** (-t / half_life)`, held at its cap until it has
faded below it; behaviour is their sum within 0..behaviour_limit; fit stands still. The search walks forward in steps
that provably pass no crossing (`_least_time` says why). So a result may be early, never late.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from scoring.engine.decay import NEVER_FADES, Term, clip
from scoring.engine.facts import DAY, MINUTE, LeadFacts, Policy
from scoring.engine.score import CompiledRuleSet, Score

# Points by which a score may move before it is computed again.
TOLERANCE = 1.0
# Comparisons with thresholds round to 6 decimals, so a crossing happens half a millionth below.
ROUNDING = 5e-7

# However slowly it fades, a lead is looked at once a year; later moments may be beyond what a date can hold.
LONGEST = 365 * DAY

_LN_2 = math.log(2)
_LN_2_SQUARED = _LN_2**2
_NEGLIGIBLE = 1e-9
_JUST_ABOVE = 1 + _NEGLIGIBLE
_MOST_STEPS = 40
# Seconds, and part of the way: a search that gains no more than that is there.
_SMALLEST_STEP = 15.0
_CLOSE_ENOUGH = 0.005

# As a term: points, half-life, cap.
_Points = tuple[float, float, float]


def due_at(
    compiled: CompiledRuleSet, facts: LeadFacts, score: Score, next_moment: float | None, as_of: float
) -> float | None:
    """Return when the lead is to be scored again, POSIX seconds on a whole minute; None for never.

    score: as of `as_of`. next_moment: when the decision on the stage may change without the score's doing.
    """
    moments = [as_of + seconds_until_it_moves(compiled, score), *_begins(facts, as_of)]
    if next_moment is not None:
        moments.append(next_moment)
    earliest = min(moments)
    if math.isinf(earliest):
        return None
    return math.ceil(clip(earliest, as_of + MINUTE, as_of + LONGEST) / MINUTE) * MINUTE


def seconds_until_it_moves(compiled: CompiledRuleSet, score: Score) -> float:
    """Return seconds until decay moves the score by a point or across a threshold or margin; inf for never."""
    fading = _by_half_life([term for term in score.terms if term.half_life != NEVER_FADES])
    if not fading:
        return math.inf
    low, high = _bounds(score, compiled.rule_set.policy)
    # In terms of behaviour's sum before it is clipped: what clipping hides can't be crossed.
    low, high = low - score.fit, high - score.fit
    if low < -_NEGLIGIBLE:
        low = -math.inf
    if high > compiled.rule_set.behaviour_limit + _NEGLIGIBLE:
        high = math.inf
    still = math.fsum(_clipped(term.points, term.cap) for term in score.terms if term.half_life == NEVER_FADES)
    return _first_exit(still, fading, low, high)


def _by_half_life(terms: Sequence[Term]) -> list[_Points]:
    """Add up the terms that fade alike, so that what cancels out does so; those held at their caps stay apart."""
    held, free = list[_Points](), dict[float, float]()
    for term in terms:
        points, half_life, cap = term
        if abs(points) > cap:
            held.append(term)
        else:
            free[half_life] = free.get(half_life, 0.0) + points
    return [*held, *((points, half_life, math.inf) for half_life, points in free.items())]


def _begins(facts: LeadFacts, as_of: float) -> list[float]:
    """Return when events, or a recycle, that lie in the future begin to count."""
    begins = [event.at for event in facts.events if event.at > as_of]
    if facts.recycled_at is not None and facts.recycled_at > as_of:
        begins.append(facts.recycled_at)
    return begins


def _bounds(score: Score, policy: Policy) -> tuple[float, float]:
    """Return the scores, below and above, at which the stored one has to be looked at again."""
    low, high = score.score - TOLERANCE, score.score + TOLERANCE
    for threshold in (policy.mql_threshold, policy.sql_threshold):
        for level in (threshold, threshold - policy.margin):
            edge = level - ROUNDING
            if edge <= score.score:
                low = max(low, edge)
            else:
                high = min(high, edge)
    return low, high


def _first_exit(still: float, terms: Sequence[_Points], low: float, high: float) -> float:
    """Return seconds until `still` plus the terms reach `low` or `high`, or a little less; inf for never."""
    elapsed = 0.0
    for _ in range(_MOST_STEPS):
        step, wait = _safe_step(still, terms, low, high, elapsed)
        elapsed += min(step, wait)
        if step < min(max(_SMALLEST_STEP, elapsed * _CLOSE_ENOUGH), wait) or math.isinf(elapsed):
            break
    return elapsed


class _Fading(NamedTuple):
    """Terms of one sign: what they are worth together, its first and second derivative by time, all positive."""

    points: float
    speed: float
    bend: float
    shortest_half_life: float


def _safe_step(still: float, terms: Sequence[_Points], low: float, high: float, elapsed: float) -> tuple[float, float]:
    """Return seconds from `elapsed` that pass no crossing, and seconds until the next term fades below its cap."""
    wait = math.inf
    falling = fall_speed = fall_bend = rising = rise_speed = rise_bend = 0.0
    fall_half_life = rise_half_life = math.inf
    # Written out for both signs, because this loop is most of what a due time costs.
    for points, half_life, cap in terms:
        left = points * 2.0 ** (-elapsed / half_life)
        if left > cap * _JUST_ABOVE or -left > cap * _JUST_ABOVE:
            still += _clipped(left, cap)
            wait = min(wait, half_life * math.log2(abs(left) / cap))
        elif left > 0:
            falling += left
            loss = left / half_life
            fall_speed += loss
            fall_bend += loss / half_life
            if half_life < fall_half_life:
                fall_half_life = half_life
        else:
            rising -= left
            loss = -left / half_life
            rise_speed += loss
            rise_bend += loss / half_life
            if half_life < rise_half_life:
                rise_half_life = half_life
    value = still + falling - rising
    fall = _Fading(falling, fall_speed * _LN_2, fall_bend * _LN_2_SQUARED, fall_half_life)
    rise = _Fading(rising, rise_speed * _LN_2, rise_bend * _LN_2_SQUARED, rise_half_life)
    return min(_least_time(value - low, fall, rise), _least_time(high - value, rise, fall)), wait


def _least_time(gap: float, losing: _Fading, gaining: _Fading) -> float:
    """Return seconds that pass at the least until `losing` minus `gaining` has lost `gap`; inf for never.

    Two bounds, the later of which holds. All of `losing` fades with its shortest half-life, and `gaining` not at all.
    Or: `losing` lies above its tangent, and `gaining` bends the less the further it has faded, so that the loss is at
    most slope * t + bend / 2 * t ** 2.
    """
    if gap <= 0:
        return 0.0
    if gap >= losing.points - _NEGLIGIBLE:
        return math.inf
    by_half_life = losing.shortest_half_life * math.log2(losing.points / (losing.points - gap))
    return max(by_half_life, _parabola_reaches(gap, losing.speed - gaining.speed, gaining.bend))


def _parabola_reaches(gap: float, slope: float, bend: float) -> float:
    """Return the t > 0 at which slope * t + bend / 2 * t ** 2 is `gap`; inf for never. bend >= 0."""
    root = math.sqrt(slope * slope + 2 * bend * gap)
    if slope > 0:
        return 2 * gap / (root + slope)
    return (root - slope) / bend if bend > 0 else math.inf


def _clipped(points: float, cap: float) -> float:
    return clip(points, -cap, cap)
