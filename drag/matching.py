"""Following handles by their features and pulling them: what the two presets have in common."""

from typing import Protocol

from torch import Tensor

from drag.config import DragConfig
from drag.paper import PaperMatching
from drag.published import PublishedMatching
from drag.registration import RegistrationMatching


class Matching(Protocol):
    """Motion supervision, point tracking and the mask term on features [1, C, h, w]; points are px (x, y)."""

    @property
    def stop_distance(self) -> float:
        """A handle this near to its target has arrived, px."""

    @property
    def can_pull(self) -> bool:
        """Whether the patch that pulls holds anything."""

    def place(self, points: Tensor) -> Tensor:
        """Put points [N, 2] where handles can be."""

    def reference(self, features: Tensor, points: Tensor) -> Tensor:
        """Read the features [N, C] that handles [N, 2] are known by from now on."""

    def track(self, features: Tensor, reference: Tensor, points: Tensor) -> Tensor:
        """Find the handles [N, 2] again, near where they were."""

    def motion(self, features: Tensor, reference: Tensor, points: Tensor, targets: Tensor) -> Tensor:
        """Pull handles, known by their reference [N, C], to their targets; one term a handle, [N]."""

    def held(self, mask: Tensor, features: Tensor) -> Tensor | None:
        """Turn a mask [H, W], 1 = may move, into the weights that `hold` takes; None if nothing is held."""

    def hold(self, features: Tensor, start: Tensor, held: Tensor) -> Tensor:
        """Compare the features with those at the start where they are held; a scalar."""


def make_matching(config: DragConfig, image_size: tuple[int, int], point_count: int) -> Matching:
    """Choose the form that the preset asks for."""
    if config.preset == "published":
        return PublishedMatching(config, image_size)
    if config.preset == "swift":
        return RegistrationMatching(config, image_size, point_count)
    return PaperMatching(config, image_size, point_count)
