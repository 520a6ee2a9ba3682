"""Motion supervision and point tracking as the published DragGAN code does them, quirks included.

Handles sit on whole pixels of the feature map resized to the picture. What is computed equals the published
definition; only the pixels that matter are resized, and every point at once.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.config import DragConfig
from drag.sampling import lattice, resized_windows, rows_and_columns, window_inside


class PublishedMatching:
    """Follow and pull handles as in the published code.

    Args:
        config: the radii r1 and r2, in px at 512.
        image_size: (height, width), px.
    """

    def __init__(self, config: DragConfig, image_size: tuple[int, int]) -> None:
        self.image_size = image_size
        # Python's rounding, as published: 3 px at 512 are no pixel at all at 64.
        self.pull_radius = round(config.r1 / 512 * image_size[0])
        self.search_radius = round(config.r2 / 512 * image_size[0])
        self.stop_distance = max(2 / 512 * image_size[0], 2.0)
        if config.stop_distance is not None:
            self.stop_distance = config.stop_distance

    @property
    def can_pull(self) -> bool:
        """Whether the circle holds any pixel; the published loss is NaN, with no slope, where it does not."""
        return self.pull_radius > 0

    def place(self, points: Tensor) -> Tensor:
        """Put points [N, 2] on whole pixels of the picture."""
        height, width = self.image_size
        return points.round().clamp(min=0).minimum(points.new_tensor((width - 1, height - 1)))

    def reference(self, features: Tensor, points: Tensor) -> Tensor:
        """Read the features [N, C] that handles [N, 2] are known by."""
        return resized_windows(features, points, 0, self.image_size)[:, 0, 0]

    def track(self, features: Tensor, reference: Tensor, points: Tensor) -> Tensor:
        """Move handles to the nearest features (L2) in their windows, ends included; the first of equals."""
        windows = resized_windows(features, points, self.search_radius, self.image_size)
        distance = (windows - reference[:, None, None]).norm(dim=-1)
        inside = window_inside(points, self.search_radius, self.image_size)
        nearest = distance.masked_fill(~inside, torch.inf).flatten(1).argmin(dim=1)
        return points + lattice(self.search_radius, points.device)[nearest]

    def motion(self, features: Tensor, reference: Tensor, points: Tensor, targets: Tensor) -> Tensor:
        """Pull handles [N, 2] one pixel towards their targets [N, 2]; one term a handle, [N].

        L1 between the features in a circle, detached, and those one pixel on, as a mean over channels and
        pixels. A handle within 1 px of its target adds nothing.
        """
        way = targets - points
        length = way.norm(dim=-1, keepdim=True)
        ahead_rows, ahead_columns = rows_and_columns(way / (length + 1e-7))
        # Two more pixels to each side: circles reach one further (see _circle), and so does the pixel ahead.
        reach = self.pull_radius + 2
        windows = resized_windows(features, points, reach, self.image_size)
        windows = windows * window_inside(points, reach, self.image_size)[..., None]
        ahead = _shift(_shift(windows, ahead_rows, 1), ahead_columns, 2)
        change = (ahead - windows[:, 1:-1, 1:-1].detach()).abs().mean(dim=-1)
        circle = self._circle(points, reach - 1).to(change.dtype)
        term = (change * circle).sum(dim=(1, 2)) / circle.sum(dim=(1, 2)).clamp(min=1)
        return term * (length[:, 0] > 1)

    def held(self, mask: Tensor, features: Tensor) -> Tensor | None:
        """Say where the features are held: [H, W], 1 where the mask [H, W] is 0.

        None unless the mask's values reach both 0 and 1: published code overlooks any other mask.
        """
        fixed = 1 - mask
        return fixed if fixed.min() == 0 and fixed.max() == 1 else None

    def hold(self, features: Tensor, start: Tensor, held: Tensor) -> Tensor:
        """Compare features [1, C, h, w] with those at the start: the mean of held · |change|."""
        change = F.interpolate(features - start, size=self.image_size, mode="bilinear", align_corners=False)
        return (change.abs() * held).mean()

    def _circle(self, points: Tensor, reach: int) -> Tensor:
        """Tell which pixels [N, P, P] of the windows lie strictly inside the radius.

        The published code lays pixel i of H at i·H/(H-1), so that circles slip towards the origin by up to a
        pixel across the picture.
        """
        steps = torch.arange(-reach, reach + 1, device=points.device)
        rows, columns = rows_and_columns(points)
        height, width = self.image_size
        down = _laid_out(rows[:, None] + steps, height) - rows[:, None]
        across = _laid_out(columns[:, None] + steps, width) - columns[:, None]
        # The root is taken, rather than the radius squared, so that ties fall as they do there.
        near = (down[:, :, None].square() + across[:, None, :].square()).sqrt() < self.pull_radius
        return near & window_inside(points, reach, self.image_size)


def _laid_out(pixels: Tensor, size: int) -> Tensor:
    """Lay out pixels of a line of `size` from 0 to `size`; those outside are taken for the nearest inside."""
    line = torch.linspace(0, size, size, device=pixels.device)
    return line[pixels.long().clamp(0, size - 1)]


def _shift(windows: Tensor, step: Tensor, dim: int) -> Tensor:
    """Read windows [N, P, Q, C] -1..1 further on along rows (1) or columns (2), less their borders."""
    size = windows.shape[dim] - 2
    step = step[:, None, None, None]
    before, here, after = (windows.narrow(dim, offset, size) for offset in range(3))
    return here * (1 - step.abs()) + before * (-step).clamp(min=0) + after * step.clamp(min=0)
