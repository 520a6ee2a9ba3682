"""Motion supervision and point tracking as the DragGAN paper states them, between the pixels."""

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.config import DragConfig
from drag.sampling import disc, lattice, points_from, sample


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
        """Move handles to the nearest features (L2) in a square window, refined to a part of its spacing.

        The least squared distance and its neighbours along each axis make a parabola; its foot is the handle.
        """
        spacing = max(1.0, self._cell(features) / 2)
        reach = max(1, round(self.search_radius / spacing))
        offsets = lattice(reach, points.device) * spacing
        candidates = self.place((points[:, None] + offsets).flatten(0, 1)).unflatten(0, (len(points), -1))
        found = sample(features, candidates, self.image_size)[0]
        side = 2 * reach + 1
        distance = (found - reference.t()[:, :, None]).square().sum(dim=0).unflatten(1, (side, side))
        nearest = distance.flatten(1).argmin(dim=1)
        at_row, at_column = nearest // side, nearest % side
        index = torch.arange(len(points), device=points.device)
        along_rows = _foot(distance[index, :, at_column], at_row)
        along_columns = _foot(distance[index, at_row], at_column)
        refined = candidates[index, nearest] + points_from(along_rows, along_columns) * spacing
        return self.place(refined)

    def motion(self, features: Tensor, points: Tensor, targets: Tensor) -> Tensor:
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


def _foot(distance: Tensor, at: Tensor) -> Tensor:
    """Find the foot of the parabola through the least value and its neighbours, in -0.5..0.5 of the spacing.

    Args:
        distance: [N, side], one row a handle.
        at: [N], where each row is least; at either end of a row the foot is 0.
    """
    inner = at.clamp(1, distance.shape[1] - 2)
    before, least, after = (distance.gather(1, (inner + step)[:, None])[:, 0] for step in (-1, 0, 1))
    bend = before - 2 * least + after
    foot = 0.5 * (before - after) / bend.clamp(min=1e-12)
    return foot.clamp(-0.5, 0.5) * ((at == inner) & (bend > 1e-12))
