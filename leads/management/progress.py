"""A bar that fills on a terminal, and stays away from logs."""

from types import TracebackType

from django.core.management.base import OutputWrapper

WIDTH = 30


class ProgressBar:
    """Shows how much of a whole is done. Use as a context manager."""

    def __init__(self, out: OutputWrapper, label: str, whole: int) -> None:
        self._out = out
        self._label = label
        self._whole = whole
        self._done = 0
        self._is_shown = out.isatty()

    def __enter__(self) -> "ProgressBar":
        self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_shown:
            self._out.write("\r\033[K", ending="")

    def advance(self, steps: int) -> None:
        """Say that so many more are done."""
        self._done += steps
        self._draw()

    def _draw(self) -> None:
        if not self._is_shown:
            return
        filled = WIDTH * min(self._done, self._whole) // max(self._whole, 1)
        bar = "█" * filled + "░" * (WIDTH - filled)
        self._out.write(f"\r{self._label} {bar} {self._done:,} of {self._whole:,}", ending="")
        self._out.flush()
