"""The landmark guide: the bundled network's reading of the picture, pulled towards an expression.

The network looks at every state of the drag, and its gradient takes the moving landmarks to their targets.
Targets are set from the guide's own reading of the first picture, so that a bias of the network cancels out,
and so that another detector's opinion of where a lid is does not leave the eye half shut.
"""

from typing import Any, NamedTuple

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from drag.types import GuideReading
from faces.expression import Expression
from faces.landmark_network import INPUT_SIZE
from faces.landmarks import eye_distance
from faces.view import look, view_of

# Distances up to about this many eye distances count by their square, further ones as they are.
NEAR = 0.02

# Shares of the loss: openings as asked, moving landmarks on their targets, all others where they were.
OPENINGS, TARGETS, STAY = 1.0, 0.5, 0.8

# The least pull and the least way that others are measured by, in eye distances.
NOTHING = 0.006
# A way that would be no longer than this at full strength is none that could be seen: shut lips are read so.
ALREADY = 0.008


class _Aim(NamedTuple):
    """Where a face is to go, as the guide itself reads it.

    `start` and `target` [68, 2] (x, y) px; `unit` is the eye distance, px; `pull` is what the loss starts
    from; `handles` [K, 2] and `stretch` [K, 1] lay what is left onto the way that the request asks for.
    """

    start: Tensor
    target: Tensor
    unit: float
    pull: Tensor
    handles: Tensor
    stretch: Tensor


class LandmarkGuide:
    """Pulls one face towards one expression; a `drag.types.Guide`.

    It remembers the first picture that it is shown and measures from there, so make a new one for every drag.

    Args:
        network: a LandmarkNetwork, eval mode.
        expression: what to do.
        landmarks: [68, 2] (x, y) px, the face that is meant, as a detector found it.
        strength: of the expression.
        image_size: (height, width) of the frame, px.
        tolerance: content when this share of the way or less is left, for every pair of landmarks that
            measures the expression.
    """

    def __init__(
        self,
        network: nn.Module,
        expression: Expression,
        landmarks: NDArray[Any],
        strength: float,
        image_size: tuple[int, int],
        tolerance: float = 0.12,
    ) -> None:
        self.expression, self.strength, self.tolerance = expression, strength, tolerance
        self._network, self._size = network, image_size
        self._view = view_of(landmarks, *image_size)
        self.resolution = _resolution(self._view.side, image_size)
        _, self._points, self._targets = expression.targets(landmarks, strength)
        self._moving = list(expression.moving)
        self._staying = sorted(set(range(68)) - set(expression.moving) - set(expression.free))
        self._first, self._second = (list(row) for row in zip(*expression.pairs, strict=True))
        self._aim: _Aim | None = None

    def __call__(self, rgb: Tensor) -> GuideReading:
        """Judge a picture.

        Args:
            rgb: [1, 3, h, w], about -1..1, the frame at height `resolution`.

        Returns:
            The loss is 1 at the start and 0 with everything where it should be; points are the expression's
            moving landmarks in its own order; remaining is the largest share left over the measuring pairs.
        """
        seen = self._read(rgb)
        if self._aim is None:
            self._aim = self._take_aim(seen.detach())
        aim = self._aim
        loss = (self._pull(seen, aim) + STAY * self._drift(seen, aim)) / aim.pull
        with torch.no_grad():
            handles, remaining = self._handles(seen, aim), self._remaining(seen, aim)
        return GuideReading(loss, handles, remaining, self._gone(seen, aim))

    # ----------------------------------------------------------------------------
    # The parts of a reading.

    def _read(self, rgb: Tensor) -> Tensor:
        """Read the landmarks [68, 2], px of the frame."""
        shown = look(rgb, self._view, *self._size)
        return self._view.to_frame(self._network(shown).landmarks[0])

    def _take_aim(self, start: Tensor) -> _Aim:
        """Set the targets from the first reading."""
        own = start.cpu().numpy()
        target = torch.from_numpy(self.expression.moved(own, self.strength)).to(start)
        points, handles = torch.from_numpy(self._points).to(start), torch.from_numpy(self._targets).to(start)
        way = (start - target)[self._moving].norm(dim=1, keepdim=True)
        stretch = ((points - handles).norm(dim=1, keepdim=True) / way.clamp(min=0.5)).clamp(0.5, 2.0)
        aim = _Aim(start, target, max(eye_distance(own), 1.0), start.new_ones(()), handles, stretch)
        # With next to nothing to do, the pull stays small instead of being blown up to 1.
        least = _soft(start.new_full((1, 2), NOTHING))
        return aim._replace(pull=torch.maximum(self._pull(start, aim), least))

    def _pull(self, seen: Tensor, aim: _Aim) -> Tensor:
        """Measure how far openings and moving landmarks are from where they should be."""
        across = seen[self._second] - seen[self._first]
        asked = aim.target[self._second] - aim.target[self._first]
        apart = (seen - aim.target)[self._moving]
        return OPENINGS * _soft((across - asked) / aim.unit) + TARGETS * _soft(apart / aim.unit)

    def _drift(self, seen: Tensor, aim: _Aim) -> Tensor:
        """Measure how far landmarks went that should have stayed; an expression may move them all."""
        if not self._staying:
            return seen.new_zeros(())
        return _soft((seen - aim.start)[self._staying] / aim.unit)

    def _handles(self, seen: Tensor, aim: _Aim) -> Tensor:
        """Say where the request's handles are [K, 2], px: short of their targets by what is left."""
        return aim.handles + (seen - aim.target)[self._moving] * aim.stretch

    def _remaining(self, seen: Tensor, aim: _Aim) -> Tensor:
        """Find the largest share of the way that is left over the measuring pairs."""
        across, start, asked = (p[self._second] - p[self._first] for p in (seen, aim.start, aim.target))
        way = (start - asked).norm(dim=1)
        if float(way.max()) <= ALREADY * min(self.strength, 1.0) * aim.unit:
            return way.new_zeros(())
        # A pair that has little to do itself is measured by what the others have.
        return ((across - asked).norm(dim=1) / way.clamp(min=0.5 * float(way.max()))).max()

    def _gone(self, seen: Tensor, aim: _Aim) -> Tensor:
        """Measure how far the measuring pairs are along their way, straight on: 0 at the start, 1 there."""
        across, start, asked = (p[self._second] - p[self._first] for p in (seen, aim.start, aim.target))
        way = asked - start
        least = (NOTHING * aim.unit) ** 2
        return ((across - start) * way).sum() / way.square().sum().clamp(min=least)


def _soft(offsets: Tensor) -> Tensor:
    """Average a distance over offsets [K, 2] that is smooth at 0 (pseudo-Huber), in units of NEAR."""
    return ((offsets / NEAR).square().sum(dim=1) + 1).sqrt().mean() - 1


def _resolution(side: float, image_size: tuple[int, int]) -> int:
    """Choose at what height the picture holds the view in the network's resolution, or all that there is."""
    height = image_size[0]
    wanted = INPUT_SIZE
    while wanted < INPUT_SIZE * height / side * 0.75 and wanted < height:
        wanted *= 2
    return min(wanted, height)
