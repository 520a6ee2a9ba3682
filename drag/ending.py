"""When a drag is over, and why."""

from collections import deque

import numpy as np

from drag.config import DragConfig
from drag.types import EndReason, FloatArray

# It is progress if `patience` steps bring the handles this share of the whole way nearer.
LEAST_PROGRESS = 0.02
# Handles that travel so many times further than they get are going to and fro.
RESTLESSNESS = 4.0


class EndJudge:
    """Watch the steps of a drag and say when it is over.

    Args:
        config: max_steps and patience.
        count: states seen before, which count as steps.
    """

    def __init__(self, config: DragConfig, count: int = 0) -> None:
        self.config = config
        self.count = count
        # What the best state was worth, and where the handles were, `patience` steps ago and ever since.
        self._best = deque[float](maxlen=config.patience + 1)
        self._points = deque[FloatArray](maxlen=config.patience + 1)

    def observe(self, arrived: bool, worth: float, points: FloatArray) -> EndReason | None:
        """Take note of a state.

        Args:
            arrived: everything is where it should be.
            worth: 1 at the start, less is better, 0 is all that was asked.
            points: [N, 2] px, where the handles are.

        Returns:
            Why this is the last state, or None if it is not.
        """
        self._best.append(min(worth, self._best[-1] if self._best else worth))
        # An adaptive rule takes a failed step back: that is no going to and fro.
        failed = self.config.step_rule == "adaptive" and worth > self._best[-1]
        self._points.append(self._points[-1] if failed and self._points else points)
        first = self.count == 0
        self.count += 1
        if arrived:
            return EndReason.NOTHING_TO_DO if first else EndReason.REACHED
        if self.count > self.config.max_steps:
            return EndReason.STEP_LIMIT
        if len(self._best) > self.config.patience and self._best[0] - self._best[-1] < LEAST_PROGRESS:
            return EndReason.OSCILLATING if self._restless() else EndReason.STALLED
        return None

    def start_again(self) -> None:
        """Judge progress from here on; the steps done so far still count."""
        self._best.clear()
        self._points.clear()

    def _restless(self) -> bool:
        """Tell whether the handles went to and fro in the window, rather than staying where they were."""
        points = np.stack(self._points)
        if points.shape[1] == 0:
            return False
        travelled = np.linalg.norm(np.diff(points, axis=0), axis=2).sum(axis=0).mean()
        gained = np.linalg.norm(points[-1] - points[0], axis=1).mean()
        least = 0.05 * (len(points) - 1)
        return bool(travelled > max(least, RESTLESSNESS * gained))


def describe(reason: EndReason, steps: int, best: int, distances: FloatArray, remaining: float) -> str:
    """Say in one line how a drag ended.

    Args:
        reason: why.
        steps: how many steps were done.
        best: index of the state that is given back.
        distances: [N] px, from handles to targets in that state.
        remaining: share of the way that is left in that state.
    """
    left = f"{max(0.0, remaining):.0%} of the way is left"
    if len(distances):
        left += f", {distances.mean():.1f} px on average"
    count = "1 step" if steps == 1 else f"{steps} steps"
    given = f"the best state, after step {best}, is given back: {left}"
    match reason:
        case EndReason.REACHED:
            return f"Reached in {count}."
        case EndReason.NOTHING_TO_DO:
            return "Nothing to do: everything is where it should be."
        case EndReason.STEP_LIMIT:
            return f"The limit of {count} is used up; {given}."
        case EndReason.STALLED:
            return f"As far as this model goes, after {count}; {given}."
        case EndReason.OSCILLATING:
            return f"As far as this model goes, to and fro at last, after {count}; {given}."
        case EndReason.STOPPED:
            return f"Stopped after {count}."
