"""How long frames take, how many there are in a second, and the rest between them."""

import time
from collections import deque

_FRAMES_MEASURED = 30
_GIVING = 5.0  # So many times as long as a frame took the next one waits where it gives way.
_LONGEST_REST_SECONDS = 0.1  # However long a frame took, the next one comes after so much rest at most.


class FrameTiming:
    """Remembers when the last frames began and ended, s of one clock."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque(maxlen=_FRAMES_MEASURED)

    def note(self, began: float, ended: float) -> None:
        """Add a frame."""
        self._frames.append((began, ended))

    @property
    def frame_seconds(self) -> float:
        """How long a frame takes to draw, s: the mean of the last ones; 0 before the first."""
        return sum(end - begin for begin, end in self._frames) / max(1, len(self._frames))

    @property
    def frames_per_second(self) -> float:
        """How many frames a second there were lately."""
        if len(self._frames) < 2:
            return 0.0
        return (len(self._frames) - 1) / max(self._frames[-1][0] - self._frames[0][0], 1e-9)


def rest(began: float, rate: float, gives_way: bool = False) -> None:
    """Wait for the next frame's turn.

    Where drawing is slow (OpenGL in software) the wait is as long as the frame took, so that whoever
    works in another thread keeps half of the time.

    Args:
        began: when the frame that has been drawn was begun, s of time.monotonic.
        rate: frames a second that are wanted.
        gives_way: leave most of the time, and not half of it, to work that runs.
    """
    now = time.monotonic()
    own = (_GIVING if gives_way else 1.0) * (now - began)
    time.sleep(max(began + 1 / rate - now, min(own, _LONGEST_REST_SECONDS)))
