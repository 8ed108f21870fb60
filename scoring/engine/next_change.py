"""When a stored score needs another look: the earliest moment at which time alone changes something.

Each rule's events fade alike, so a rule is one term `points * 2 ** (-t / half_life)`, held at its cap until it has
faded below it; behaviour is their sum within 0..behaviour_limit; fit stands still. The search walks forward in steps
that provably pass no crossing: a sum of falling terms lies above its tangent, and above the curve on which all of it
fades with the shortest half-life. So a result may be early, never late.
"""

import math
from collections.abc import Sequence

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
_NEGLIGIBLE = 1e-9
_JUST_ABOVE = 1 + _NEGLIGIBLE
_MOST_STEPS = 40
# Seconds, and part of the way: a search that gains no more than that is there.
_SMALLEST_STEP = 15.0
_CLOSE_ENOUGH = 0.005


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
    fading = [term for term in score.terms if term.half_life != NEVER_FADES]
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


def _first_exit(still: float, terms: Sequence[Term], low: float, high: float) -> float:
    """Return seconds until `still` plus the terms reach `low` or `high`, or a little less; inf for never."""
    elapsed = 0.0
    for _ in range(_MOST_STEPS):
        step, wait = _safe_step(still, terms, low, high, elapsed)
        elapsed += min(step, wait)
        if step < min(max(_SMALLEST_STEP, elapsed * _CLOSE_ENOUGH), wait) or math.isinf(elapsed):
            break
    return elapsed


def _safe_step(still: float, terms: Sequence[Term], low: float, high: float, elapsed: float) -> tuple[float, float]:
    """Return seconds from `elapsed` that pass no crossing, and seconds until the next term fades below its cap."""
    held, wait = still, math.inf
    falling = fall_speed = rising = rise_speed = 0.0
    fall_half_life = rise_half_life = math.inf
    for points, half_life, cap in terms:
        left = points * 2.0 ** (-elapsed / half_life)
        if abs(left) > cap * _JUST_ABOVE:
            held += _clipped(left, cap)
            wait = min(wait, half_life * math.log2(abs(left) / cap))
        elif left > 0:
            falling += left
            fall_speed += left / half_life
            fall_half_life = half_life if half_life < fall_half_life else fall_half_life
        else:
            rising -= left
            rise_speed -= left / half_life
            rise_half_life = half_life if half_life < rise_half_life else rise_half_life
    value = held + falling - rising
    until_low = _least_time(value - low, falling, fall_speed * _LN_2, fall_half_life)
    until_high = _least_time(high - value, rising, rise_speed * _LN_2, rise_half_life)
    return min(until_low, until_high), wait


def _least_time(gap: float, points: float, speed: float, half_life: float) -> float:
    """Return seconds that terms of one sign take at the least to lose `gap`; inf where there is not so much to lose.

    points: what they are worth together; speed: points a second that they lose now; half_life: their shortest.
    """
    if gap <= 0:
        return 0.0
    if gap >= points - _NEGLIGIBLE:
        return math.inf
    return max(gap / speed, half_life * math.log2(points / (points - gap)))


def _clipped(points: float, cap: float) -> float:
    return clip(points, -cap, cap)
