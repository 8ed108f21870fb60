"""Reach the broker, or leave it alone for a while after it failed.

A broker that takes connections and never answers costs whoever asks it a timeout. One request in a while pays that; the
others leave their work to the sweeps, which find whatever is due.
"""

from collections.abc import Callable
from time import monotonic

REST = 5.0  # seconds; as long as a sweep takes to come around


class Broker:
    """Remembers, for this process, when the broker failed."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._rests_until = 0.0

    def reach(self, enqueue: Callable[[], object]) -> bool:
        """Do what needs the broker, unless it has just failed; tell whether that was done. Raises what it raises."""
        if self._clock() < self._rests_until:
            return False
        try:
            enqueue()
        except Exception:
            self._rests_until = self._clock() + REST
            raise
        return True


broker = Broker()
