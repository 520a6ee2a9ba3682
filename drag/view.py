"""How much of the features a step has to see: a rectangle around the handles."""

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from drag.paper import PaperMatching
from drag.sampling import points_from, rows_and_columns

Cells = tuple[int, int, int, int]


@dataclass(frozen=True)
class View:
    """A rectangle of a feature map, and where it lies in the picture.

    Attributes:
        cells: top, left, bottom, right, in cells of the map; the last row and column are not included.
        origin: (x, y) px of its corner in the picture.
        size: (height, width) px that it covers.
    """

    cells: Cells
    origin: tuple[float, float]
    size: tuple[int, int]

    def matching(self, whole: PaperMatching) -> PaperMatching:
        """The same matching, counting from the view's corner: radii and step lengths stay."""
        inside = copy.copy(whole)
        inside.image_size = self.size
        return inside

    def enter(self, points: Tensor) -> Tensor:
        """Count points [..., 2] (x, y) px from the view's corner."""
        return points - points.new_tensor(self.origin)

    def leave(self, points: Tensor) -> Tensor:
        """Count points [..., 2] (x, y) px from the picture's corner again."""
        return points + points.new_tensor(self.origin)


def view_around(
    points: Tensor, matching: PaperMatching, map_size: tuple[int, int], image_size: tuple[int, int]
) -> View:
    """Find the smallest view that holds all that a step reads around handles, wherever tracking finds them.

    Tracking looks up to the search radius away and refines by half a spacing twice; from there the patch
    reaches its radius, and a cell further ahead; reading between cells takes their neighbours.

    Args:
        points: [N, 2] (x, y) px, where the handles were last, at least one.
        map_size: (rows, columns) of the whole feature map.
        image_size: (height, width) of the picture, px.
    """
    cell = image_size[0] / map_size[0]
    reach = matching.search_radius + matching.pull_radius + 2 * max(1.0, cell) + 2 * cell
    rows, columns = rows_and_columns(torch.stack((points.amin(0) - reach, points.amax(0) + reach)).cpu())
    spans = []
    for (low, high), count in zip((rows.tolist(), columns.tolist()), map_size, strict=True):
        first = max(0, min(math.floor(low / cell), count - 1))
        spans.append((first, max(first + 1, min(math.ceil(high / cell) + 1, count))))
    (top, bottom), (left, right) = spans
    corner = points_from(torch.tensor(top * cell), torch.tensor(left * cell))
    x, y = corner.tolist()
    return View(
        (top, left, bottom, right), (x, y), (round((bottom - top) * cell), round((right - left) * cell))
    )
