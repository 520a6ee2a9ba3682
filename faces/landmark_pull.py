"""How like a photograph's face a picture's is, by landmarks: for the search of a start, and as a pull.

Openings of eyes and mouth count besides the places of all landmarks, since they are what an expression is.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from faces.landmark_network import INPUT_SIZE, LandmarkNetwork
from faces.landmarks import LID_PAIRS, LIP_PAIRS, as_rgb
from faces.view import look, whole_frame

_PAIRS = (*LID_PAIRS, *LIP_PAIRS)
# What the mean error of an opening counts against the mean error of a landmark.
_OPENINGS = 2.0


class LandmarkPull:
    """Compares the landmarks of pictures with those of one aligned photograph.

    Args:
        network: a landmark network, eval mode, such as the bundled detector's.
        photograph: uint8 [H, W, 3], aligned; its landmarks are read by the same network, so that what the
            network gets wrong cancels out.
        landmarks: [68, 2] (x, y) px of it, where they are known better.

    Attributes:
        side: it looks at pictures of this many px.
    """

    side = INPUT_SIZE

    def __init__(
        self, network: nn.Module, photograph: NDArray[Any], landmarks: NDArray[Any] | None = None
    ) -> None:
        self._network = network
        frame = torch.tensor(as_rgb(photograph)).permute(2, 0, 1)[None].float() / 127.5 - 1
        frame = frame.to(next(network.parameters()).device)
        with torch.no_grad():
            self._wanted = self._read(frame) if landmarks is None else _shares(landmarks, frame)
        self._unit = (self._wanted[:, 36] - self._wanted[:, 45]).norm(dim=1).clamp(min=1e-3)
        self._first, self._second = (list(row) for row in zip(*_PAIRS, strict=True))

    def score(self, rgb: Tensor) -> Tensor:
        """Measure pictures [N, 3, h, w], about -1..1: [N], in eye distances, 0 for the same landmarks."""
        apart = (self._read(rgb) - self._wanted) / self._unit
        openings = apart[:, self._first] - apart[:, self._second]
        places = apart.square().sum(dim=2).add(1e-6).sqrt().mean(dim=1)
        return places + _OPENINGS * openings.square().sum(dim=2).add(1e-6).sqrt().mean(dim=1)

    def loss(self, rgb: Tensor) -> Tensor:
        """Measure one picture [1, 3, h, w]: a scalar, differentiable."""
        return self.score(rgb)[0]

    def _read(self, rgb: Tensor) -> Tensor:
        height, width = rgb.shape[-2:]
        return self._network(look(rgb, whole_frame(height, width), height, width)).landmarks


def _shares(landmarks: NDArray[Any], frame: Tensor) -> Tensor:
    height, width = frame.shape[-2:]
    view = whole_frame(height, width)
    points = torch.tensor(landmarks, dtype=torch.float32, device=frame.device)[None]
    corner = torch.tensor([view.left, view.top], device=frame.device)
    return (points + 0.5 - corner) / view.side


def landmark_features(network: LandmarkNetwork) -> Callable[[Tensor], Sequence[Tensor]]:
    """Give a function from a picture [1, 3, h, w] to the network's maps on its way down, fine to coarse."""

    def features(rgb: Tensor) -> Sequence[Tensor]:
        height, width = rgb.shape[-2:]
        return network.levels(look(rgb, whole_frame(height, width), height, width))

    return features
