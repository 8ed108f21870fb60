"""Reach the broker, and leave it alone for a while after it failed.

A broker that accepts connections but never answers costs every caller a timeout. Only one request in a while pays that;
the others leave their work to the sweeps, which find whatever is due.
"""

from collections.abc import Callable
from time import monotonic

REST = 5.0  # seconds; the interval of a sweep


class Broker:
    """Remembers, per process, when the broker failed."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._rests_until = 0.0

    def reach(self, enqueue: Callable[[], object]) -> bool:
        """Run an action that needs the broker, unless it has just failed; return whether it ran.

        Raises what the action raises.
        """
        if self._clock() < self._rests_until:
            return False
        try:
            enqueue()
        except Exception:
            self._rests_until = self._clock() + REST
            raise
        return True


broker = Broker()
