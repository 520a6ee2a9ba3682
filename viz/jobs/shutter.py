"""How often a job's steps are drawn: as often as they can be seen, and no more than its work can spare."""

import time
from collections.abc import Callable
from types import TracebackType

# Drawing waits so many times as long as it took: it takes a third of a job's time at most.
REST = 2.0


class Shutter:
    """Opens for the first picture, and again when work had its share of the time since the last.

    A frame of 1024 px takes longer to draw than a step on a part of its features takes to do. Use it as a
    context around the drawing.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = 0.0
        self._opens_at = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether a picture may be drawn now."""
        return self._clock() >= self._opens_at

    def __enter__(self) -> None:
        self._began = self._clock()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        now = self._clock()
        self._opens_at = now + REST * (now - self._began)
