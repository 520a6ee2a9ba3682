"""How far a picture is from a photograph: distances that need no download, and the form of those that do.

A distance is prepared for a target once, and then asked about one picture after another, at the target's own
size or any smaller one. Pictures are [1, 3, H, W], about -1..1; a distance is a scalar, 0 for equal pictures,
differentiable in the picture.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

Asked = Callable[[Tensor], Tensor]

# Nothing finer than this is compared by features, as it is with LPIPS in the published projectors.
FEATURE_SIDE = 256
_LEAST_SIDE = 8


class Distance(Protocol):
    """Prepares for a target; what comes back measures pictures against it."""

    def __call__(self, target: Tensor) -> Asked:
        """Prepare for a target [1, 3, H, W]."""


def shrunk(rgb: Tensor, height: int) -> Tensor:
    """Average a picture [N, 3, H, W] down to a height; a smaller one stays as it is."""
    if rgb.shape[2] <= height:
        return rgb
    return F.adaptive_avg_pool2d(rgb, (height, max(1, round(rgb.shape[3] * height / rgb.shape[2]))))


class _Kept:
    """A target in every size in which it is asked for, and what a distance has made of it."""

    def __init__(self, target: Tensor, make: Callable[[Tensor], list[Tensor]]) -> None:
        self._target, self._make = target.detach(), make
        self._known: dict[int, list[Tensor]] = {}

    def at(self, height: int) -> list[Tensor]:
        if height not in self._known:
            with torch.no_grad():
                self._known[height] = self._make(shrunk(self._target, height))
        return self._known[height]


# ----------------------------------------------------------------------------
# Distances of numbers and edges.


class PixelDistance:
    """Mean square of the difference."""

    def __call__(self, target: Tensor) -> Asked:
        """Prepare for a target [1, 3, H, W]."""
        kept = _Kept(target, lambda rgb: [rgb])
        return lambda rgb: (rgb - kept.at(rgb.shape[2])[0]).square().mean()


class PyramidDistance:
    """Mean absolute differences of colours and of edges, in the picture and its halves down to 8 px.

    Args:
        edges: what an edge counts against a colour.
    """

    def __init__(self, edges: float = 1.5) -> None:
        self.edges = edges

    def __call__(self, target: Tensor) -> Asked:
        """Prepare for a target [1, 3, H, W]."""
        kept = _Kept(target, _levels)

        def ask(rgb: Tensor) -> Tensor:
            terms = []
            for own, other in zip(_levels(rgb), kept.at(rgb.shape[2]), strict=True):
                error = own - other
                terms.append(error.abs().mean() + self.edges * _edges(error))
            return torch.stack(terms).mean()

        return ask


class StructureDistance:
    """The pyramid, and besides 1 - SSIM of the grey picture at each level (MS-SSIM: Wang et al. 2003).

    Args:
        similarity: what 1 - SSIM counts against the pyramid.
    """

    def __init__(self, similarity: float = 0.3) -> None:
        self.similarity = similarity
        self.pyramid = PyramidDistance()

    def __call__(self, target: Tensor) -> Asked:
        """Prepare for a target [1, 3, H, W]."""
        kept = _Kept(target, _grey_levels)
        differing = self.pyramid(target)

        def ask(rgb: Tensor) -> Tensor:
            pairs = zip(_grey_levels(rgb), kept.at(rgb.shape[2]), strict=True)
            alike = torch.stack([structural_similarity(own, other) for own, other in pairs]).mean()
            return differing(rgb) + self.similarity * (1 - alike)

        return ask


def structural_similarity(first: Tensor, second: Tensor, window: int = 7) -> Tensor:
    """SSIM of pictures [N, C, H, W] in -1..1, averaged; windows are squares (Wang et al. 2004).

    Variances are those of samples; the constants are (0.01 · 2)² and (0.03 · 2)², for a range of 2.
    """
    window = min(window, first.shape[2], first.shape[3])
    count = window * window

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, window, stride=1)

    a, b = mean(first), mean(second)
    unbiased = count / max(count - 1, 1)
    variance_a = (mean(first * first) - a * a) * unbiased
    variance_b = (mean(second * second) - b * b) * unbiased
    together = (mean(first * second) - a * b) * unbiased
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    light = (2 * a * b + c1) / (a * a + b * b + c1)
    return (light * (2 * together + c2) / (variance_a + variance_b + c2)).mean()


def _levels(rgb: Tensor) -> list[Tensor]:
    levels = [rgb]
    while min(levels[-1].shape[2:]) >= 2 * _LEAST_SIDE:
        levels.append(F.avg_pool2d(levels[-1], 2))
    return levels


def _grey_levels(rgb: Tensor) -> list[Tensor]:
    levels = _levels(rgb.mean(dim=1, keepdim=True))
    return [level for level in levels if min(level.shape[2:]) >= 2 * _LEAST_SIDE] or levels[:1]


def _edges(error: Tensor) -> Tensor:
    across = (error[..., :, 1:] - error[..., :, :-1]).abs().mean()
    down = (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return across + down


# ----------------------------------------------------------------------------
# Distances of features.


class FeatureDistance:
    """Mean square distance of a network's features, each cell's scaled to length 1 (Zhang et al. 2018).

    Args:
        features: takes a picture to maps [1, C, h, w].
        weights: for each map what its channels count [C]; None counts all alike, 1 altogether.
        side: pictures are averaged down to this height first, px.
    """

    def __init__(
        self,
        features: Callable[[Tensor], Sequence[Tensor]],
        weights: Sequence[Tensor] | None = None,
        side: int = FEATURE_SIDE,
    ) -> None:
        self._features, self._weights, self._side = features, weights, side

    def __call__(self, target: Tensor) -> Asked:
        """Prepare for a target [1, 3, H, W]."""
        kept = _Kept(target, self._read)

        def ask(rgb: Tensor) -> Tensor:
            maps = zip(self._read(rgb), kept.at(rgb.shape[2]), strict=True)
            return torch.stack([self._apart(i, own, other) for i, (own, other) in enumerate(maps)]).sum()

        return ask

    def _read(self, rgb: Tensor) -> list[Tensor]:
        maps = self._features(shrunk(rgb, self._side))
        return [x * (x.square().sum(dim=1, keepdim=True) + 1e-10).rsqrt() for x in maps]

    def _apart(self, index: int, own: Tensor, other: Tensor) -> Tensor:
        square = (own - other).square()
        if self._weights is None:
            return square.sum(dim=1).mean()
        return (square * self._weights[index][None, :, None, None]).sum(dim=1).mean()


class SumOfDistances:
    """Several distances, each with what it counts."""

    def __init__(self, *parts: tuple[float, Distance]) -> None:
        self._parts = parts

    def __call__(self, target: Tensor) -> Asked:
        """Prepare for a target [1, 3, H, W]."""
        asked = [(weight, distance(target)) for weight, distance in self._parts]
        return lambda rgb: torch.stack([weight * ask(rgb) for weight, ask in asked]).sum()
