"""How much more often leads convert whom a rule gives points, and what that says about the points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import median

import numpy as np

from scoring.engine.batch import Flags
from scoring.whatif.interval import Share
from scoring.whatif.replay import Replay

RULES, FIT = "rules", "fit"
# The scale of points is read off so many rules at least, which set buyers apart so clearly.
FEWEST_RULES, CLEAR_LIFT = 3, 1.2


@dataclass(frozen=True, slots=True)
class Lift:
    """A rule and the closed leads that it gave points right before their outcome; hits: those who bought.

    part: "rules" or "fit". average: of all closed leads. value: 1 is as often as the average; None under 30 cases.
    """

    part: str
    name: str
    points: float
    share: Share
    average: Share

    @property
    def value(self) -> float | None:
        """How many times as often as the average these leads buy."""
        return None if self.share.rate is None or not self.average.rate else self.share.rate / self.average.rate

    @property
    def low(self) -> float:
        """The lowest lift that is likely; call where there is a value."""
        return self.share.low * self.average.cases / self.average.hits

    @property
    def high(self) -> float:
        """The highest lift that is likely; call where there is a value."""
        return self.share.high * self.average.cases / self.average.hits


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Other points for a rule, with the reason in words that a person may accept or not."""

    lift: Lift
    points: int
    reason: str


def lifts_of(replay: Replay, is_won: Flags) -> list[Lift]:
    """Return the lift of every behaviour rule and fit rule, in their order."""
    rule_set = replay.compiled.rule_set
    average = Share(int(is_won.sum()), len(is_won))
    behaviour = [(RULES, rule.name, rule.points) for rule in rule_set.rules]
    fit = [(FIT, rule.name, rule.points) for rule in rule_set.fit]
    met = np.concatenate([replay.met, replay.fits], axis=1)
    return [
        Lift(part, name, points, Share(int((met[:, i] & is_won).sum()), int(met[:, i].sum())), average)
        for i, (part, name, points) in enumerate([*behaviour, *fit])
    ]


def suggestions_of(lifts: Sequence[Lift]) -> list[Suggestion]:
    """Return what the outcomes say against the points; only what chance would hardly explain."""
    scales = _scales(lifts)
    found = [_suggestion(lift, scales.get(lift.part)) for lift in lifts if lift.value is not None]
    return [suggestion for suggestion in found if suggestion is not None]


def _scales(lifts: Sequence[Lift]) -> Mapping[str, float]:
    """Return the points that a doubled chance has in either part, as its rules have it in the middle."""
    scales = {}
    for part in (RULES, FIT):
        clear = [lift for lift in lifts if lift.part == part and lift.points > 0 and (lift.value or 0) > CLEAR_LIFT]
        if len(clear) >= FEWEST_RULES:
            scales[part] = median(lift.points / log2(lift.value or 1) for lift in clear)
    return scales


def _suggestion(lift: Lift, scale: float | None) -> Suggestion | None:
    value = lift.value or 0.0
    if lift.points > 0 and lift.high < 1:
        points = min(round(lift.points * value), round(lift.points) - 1)
        return Suggestion(lift, max(points, 0), f"Leads with it buy {value:.1f} times as often as the average lead")
    if lift.points < 0 and lift.low > 1:
        return Suggestion(lift, 0, f"It takes points, and leads with it buy {value:.1f} times as often as the average")
    if lift.points > 0 and lift.low > 1 and scale is not None:
        points = min(round(scale * log2(lift.low)), round(2 * lift.points))
        if points > lift.points:
            return Suggestion(lift, points, f"Leads with it buy {value:.1f} times as often; rules like that give more")
    return None
