"""A progress bar on terminals; in logs nothing is shown."""

from types import TracebackType

from django.core.management.base import OutputWrapper

WIDTH = 30


class ProgressBar:
    """Shows the completed part of a whole. Use as a context manager."""

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
        """Add this many completed items."""
        self._done += steps
        self._draw()

    def _draw(self) -> None:
        if not self._is_shown:
            return
        filled = WIDTH * min(self._done, self._whole) // max(self._whole, 1)
        bar = "█" * filled + "░" * (WIDTH - filled)
        self._out.write(f"\r{self._label} {bar} {self._done:,} of {self._whole:,}", ending="")
        self._out.flush()
