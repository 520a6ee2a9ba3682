"""Reading feature maps at points.

Points are (x, y) in image px; feature maps are indexed (row, column). The swap between the two is made in
this file, by `rows_and_columns` and `points_from`, and nowhere else.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def rows_and_columns(points: Tensor) -> tuple[Tensor, Tensor]:
    """Split points [..., 2] of (x, y) into rows [...] and columns [...]."""
    return points[..., 1], points[..., 0]


def points_from(rows: Tensor, columns: Tensor) -> Tensor:
    """Join rows [...] and columns [...] to points [..., 2] of (x, y)."""
    return torch.stack((columns, rows), dim=-1)


# ----------------------------------------------------------------------------
# Anywhere in the picture.


def sample(features: Tensor, points: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Read a map bilinearly at points, straight from its own grid.

    The map covers the picture from edge to edge, whatever its resolution; beyond its outermost cell centres
    it goes on unchanged.

    Args:
        features: [1, C, h, w].
        points: [N, K, 2] (x, y) in image px.
        image_size: (height, width) of the picture, px.

    Returns:
        [1, C, N, K], differentiable in `features` and in `points`.
    """
    height, width = image_size
    # grid_sample wants (x, y) too, with -1 and 1 at the outer edges of the picture.
    grid = (points + 0.5) * points.new_tensor((2 / width, 2 / height)) - 1
    return F.grid_sample(features, grid[None], mode="bilinear", padding_mode="border", align_corners=False)


def disc(radius: float, spacing: float, device: torch.device) -> Tensor:
    """Lay out the nodes [K, 2] of a square lattice that lie in a disc about the origin, itself among them."""
    reach = math.floor(radius / spacing + 1e-6)
    nodes = lattice(reach, device) * spacing
    return nodes[nodes.square().sum(1) <= radius**2 * (1 + 1e-6)]


def lattice(reach: int, device: torch.device) -> Tensor:
    """Lay out the whole (x, y) offsets [(2 reach + 1)², 2] of a square window, row by row."""
    side = torch.arange(-reach, reach + 1, dtype=torch.float32, device=device)
    return points_from(*torch.meshgrid(side, side, indexing="ij")).reshape(-1, 2)


# ----------------------------------------------------------------------------
# At whole pixels of the map resized to the picture.


def resized_windows(features: Tensor, points: Tensor, reach: int, image_size: tuple[int, int]) -> Tensor:
    """Cut square windows out of the map resized to the picture, without resizing the map.

    The values are those of bilinear resizing with align_corners=False and no antialiasing. What lies outside
    the picture repeats its border; `window_inside` tells.

    Args:
        features: [1, C, h, w].
        points: [N, 2] (x, y) whole image px, the middles of the windows.
        reach: px to each side.
        image_size: (height, width) that the map is resized to.

    Returns:
        [N, P, P, C] with P = 2 reach + 1, differentiable in `features`.
    """
    channels, height, width = features.shape[1:]
    cells = features[0].reshape(channels, height * width).t().contiguous()
    steps = torch.arange(-reach, reach + 1, device=points.device)
    rows, columns = rows_and_columns(points)
    above, below, row_share = _neighbours(rows[:, None] + steps, image_size[0], height)
    left, right, column_share = _neighbours(columns[:, None] + steps, image_size[1], width)

    def corner(row: Tensor, column: Tensor) -> Tensor:
        index = row[:, :, None] * width + column[:, None, :]
        return cells.index_select(0, index.flatten()).reshape(*index.shape, channels)

    across = column_share[:, None, :, None]
    upper = torch.lerp(corner(above, left), corner(above, right), across)
    lower = torch.lerp(corner(below, left), corner(below, right), across)
    return torch.lerp(upper, lower, row_share[:, :, None, None])


def window_inside(points: Tensor, reach: int, image_size: tuple[int, int]) -> Tensor:
    """Tell which pixels of the windows lie in the picture: bool [N, P, P]."""
    steps = torch.arange(-reach, reach + 1, device=points.device)
    rows, columns = rows_and_columns(points)
    rows, columns = rows[:, None] + steps, columns[:, None] + steps
    in_height = (rows >= 0) & (rows <= image_size[0] - 1)
    in_width = (columns >= 0) & (columns <= image_size[1] - 1)
    return in_height[:, :, None] & in_width[:, None, :]


def _neighbours(pixels: Tensor, pixel_count: int, cell_count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Find the two cells that a resized pixel lies between, and its share of the second."""
    place = (pixels.clamp(0, pixel_count - 1) + 0.5) * (cell_count / pixel_count) - 0.5
    place = place.clamp(0, cell_count - 1)
    first = place.floor()
    second = (first + 1).clamp(max=cell_count - 1)
    return first.long(), second.long(), place - first
