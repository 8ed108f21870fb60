"""How far a share that was found in some cases may be from the true one: Wilson's interval."""

from dataclasses import dataclass
from math import sqrt

# Standard deviations on either side that hold the truth in 95 of 100 cases.
CONFIDENCE = 1.96
# Fewer cases than these are told as they are, never as a rate.
FEWEST_CASES = 30


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many cases."""

    hits: int
    cases: int

    @property
    def rate(self) -> float | None:
        """The share, 0..1; None where the cases are too few for one."""
        return self.hits / self.cases if self.cases >= FEWEST_CASES else None

    @property
    def error(self) -> float | None:
        """How far the true share may be from the rate, 0..1, on the side where it may be further; None without one."""
        return None if self.rate is None else max(self.rate - self.low, self.high - self.rate)

    @property
    def low(self) -> float:
        """The lowest true share that is likely."""
        return wilson(self.hits, self.cases)[0]

    @property
    def high(self) -> float:
        """The highest true share that is likely."""
        return wilson(self.hits, self.cases)[1]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of leads. error: it may be so many more or less; 0 where every lead was looked at."""

    count: int
    error: int = 0


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the bounds, 0..1, that hold the true share in 95 of 100 cases.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference.
    """
    if not cases:
        return 0.0, 1.0
    share, z2 = hits / cases, CONFIDENCE**2
    middle = (share + z2 / (2 * cases)) / (1 + z2 / cases)
    reach = CONFIDENCE * sqrt(share * (1 - share) / cases + z2 / (4 * cases**2)) / (1 + z2 / cases)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def estimate(hits: int, looked_at: int, total: int) -> Estimate:
    """Return how many of all leads are meant where so many of those looked at are."""
    if looked_at >= total or not looked_at:
        return Estimate(hits)
    count, (low, high) = round(hits / looked_at * total), wilson(hits, looked_at)
    return Estimate(count, max(round(high * total) - count, count - round(low * total)))
