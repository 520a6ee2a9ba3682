"""Motion supervision and point tracking as the DragGAN paper states them, between the pixels."""

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.config import DragConfig
from drag.sampling import disc, lattice, sample


class PaperMatching:
    """Follow and pull handles between the pixels, reading features straight from the block's own grid.

    "Drag Your GAN" (Pan et al., SIGGRAPH 2023), equations 1 and 2, with what was left open there: handles are
    real numbers, the patch is a fixed number of samples whatever the resolution, and its step is as long as a
    cell of the features but never beyond the target, so that the pull fades as a handle arrives.

    Args:
        config: the radii r1 and r2, in px at 512.
        image_size: (height, width), px.
        point_count: how many handles there are.
    """

    def __init__(self, config: DragConfig, image_size: tuple[int, int], point_count: int) -> None:
        self.image_size = image_size
        scale = max(image_size) / 512
        # Below a pixel a patch sees no slope, and below three a search finds nothing.
        self.pull_radius = max(config.r1 * scale, 1.0)
        self.search_radius = max(config.r2 * scale, 3.0)
        self.stop_distance = stop_distance(config, image_size, point_count)
        self.can_pull = True

    def place(self, points: Tensor) -> Tensor:
        """Keep points [N, 2] within the picture."""
        height, width = self.image_size
        return points.clamp(min=0).minimum(points.new_tensor((width - 1, height - 1)))

    def reference(self, features: Tensor, points: Tensor) -> Tensor:
        """Read the features [N, C] that handles [N, 2] are known by."""
        return sample(features, points[:, None], self.image_size)[0, :, :, 0].t()

    def track(self, features: Tensor, reference: Tensor, points: Tensor) -> Tensor:
        """Move handles to the nearest features (L2) in a square window, then on between its nodes."""
        spacing = max(1.0, self._cell(features) / 2)
        reach = max(1, round(self.search_radius / spacing))
        nodes = points[:, None] + lattice(reach, points.device) * spacing
        nodes = self.place(nodes.flatten(0, 1)).unflatten(0, (len(points), -1))
        found = sample(features, nodes, self.image_size)[0]
        nearest = (found - reference.t()[:, :, None]).square().sum(dim=0).argmin(dim=1)
        points = nodes[torch.arange(len(points), device=points.device), nearest]
        for _ in range(2):
            points = self._refine(features, reference, points, spacing)
        return self.place(points)

    def motion(self, features: Tensor, reference: Tensor, points: Tensor, targets: Tensor) -> Tensor:
        """Pull handles [N, 2] to their targets [N, 2]: L1 between a patch, detached, and the patch ahead."""
        cell = self._cell(features)
        way = targets - points
        length = way.norm(dim=-1, keepdim=True)
        ahead = way * (max(1.0, cell) / length.clamp(min=1e-7)).clamp(max=1)
        patch = points[:, None] + disc(
            self.pull_radius, min(self.pull_radius / 2, max(1.0, cell)), points.device
        )
        here = sample(features.detach(), patch, self.image_size)
        there = sample(features, patch + ahead[:, None], self.image_size)
        return (there - here).abs().mean(dim=(0, 1, 3))

    def held(self, mask: Tensor, features: Tensor) -> Tensor | None:
        """Average 1 - mask [H, W] over the cells of the features: [h, w]; None if it is 0 everywhere."""
        fixed = 1 - mask
        return (
            F.adaptive_avg_pool2d(fixed[None], (features.shape[2], features.shape[3]))[0]
            if fixed.any()
            else None
        )

    def hold(self, features: Tensor, start: Tensor, held: Tensor) -> Tensor:
        """Compare features [1, C, h, w] with those at the start: the mean of held · |change|."""
        return ((features - start).abs() * held).mean()

    def _refine(self, features: Tensor, reference: Tensor, points: Tensor, spacing: float) -> Tensor:
        """Move handles by at most half a spacing to where the features, taken as linear there, come nearest.

        A step of Gauss and Newton, as in Lucas and Kanade's registration (1981).
        """
        cross = points.new_tensor([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]) * spacing
        here, left, right, above, below = sample(features, points[:, None] + cross, self.image_size)[
            0
        ].unbind(2)
        across, down = (right - left) / (2 * spacing), (below - above) / (2 * spacing)
        missing = reference.t() - here
        xx, xy, yy = (across * across).sum(0), (across * down).sum(0), (down * down).sum(0)
        x, y = (across * missing).sum(0), (down * missing).sum(0)
        # A little stiffness keeps handles where they are along edges, where one direction says nothing.
        stiffness = 1e-3 * (xx + yy) + 1e-12
        xx, yy = xx + stiffness, yy + stiffness
        step = torch.stack((yy * x - xy * y, xx * y - xy * x), dim=1) / (xx * yy - xy * xy)[:, None]
        return points + step.clamp(-spacing / 2, spacing / 2)

    def _cell(self, features: Tensor) -> float:
        """Measure how many image px a cell of the features covers."""
        return self.image_size[0] / features.shape[2]


def stop_distance(config: DragConfig, image_size: tuple[int, int], point_count: int) -> float:
    """Find how near, in image px, a handle must come to its target.

    1 px up to 5 points, else 2 px, at 512 px and above: as the paper has it, and never more in a larger
    picture, so that lids that should meet do meet. Smaller pictures ask for as much less, down to a quarter,
    because a pixel is more of a face there.
    """
    if config.stop_distance is not None:
        return config.stop_distance
    return (1.0 if point_count <= 5 else 2.0) * min(1.0, max(0.25, max(image_size) / 512))
