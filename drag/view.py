"""How much of the features a step has to see: rectangles around the handles."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from drag.paper import PaperMatching
from drag.request import FloatArray
from drag.sampling import points_from, rows_and_columns

# Rows top to bottom and columns left to right of a map; the last row and column are not included.
Cells = tuple[int, int, int, int]

# What a rectangle costs besides its own cells: on every side so many more, in the blocks below.
HALO = 5


@dataclass(frozen=True)
class View:
    """What is looked at of a feature map, and where it lies in the picture.

    Attributes:
        cells: the rectangle that holds all parts, in cells of the map.
        parts: the rectangles that are computed.
        origin: (x, y) px of its corner in the picture.
        size: (height, width) px that it covers.
        cell: px of the picture that a cell of the map covers.
    """

    cells: Cells
    parts: tuple[Cells, ...]
    origin: tuple[float, float]
    size: tuple[int, int]
    cell: float

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

    def assemble(self, parts: Sequence[Tensor]) -> Tensor:
        """Put the parts [N, C, *size] where they belong in the view; between them it is zero."""
        top, left, bottom, right = self.cells
        if len(parts) == 1:
            return parts[0]
        whole = parts[0].new_zeros([*parts[0].shape[:2], bottom - top, right - left])
        for (first, start, last, end), part in zip(self.parts, parts, strict=True):
            whole[:, :, first - top : last - top, start - left : end - left] = part
        return whole

    def of(self, maps: Tensor) -> Tensor:
        """Cut the view out of whole maps [..., H, W]."""
        top, left, bottom, right = self.cells
        return maps[..., top:bottom, left:right]


def view_around(
    points: FloatArray, matching: PaperMatching, map_size: tuple[int, int], image_size: tuple[int, int]
) -> View:
    """Find the smallest view that holds all that a step reads around handles, wherever tracking finds them.

    Tracking looks up to the search radius away and refines by half a spacing twice; from there the patch
    reaches its radius, and a cell further ahead; reading between cells takes their neighbours.

    Args:
        points: [N, 2] (x, y) px, where the handles were last, at least one.
        matching: how they are followed and pulled.
        map_size: (rows, columns) of the whole feature map.
        image_size: (height, width) of the picture, px.
    """
    cell = image_size[0] / map_size[0]
    reach = matching.search_radius + matching.pull_radius + 2 * max(1.0, cell) + 2 * cell
    rows, columns = rows_and_columns(torch.tensor(points, dtype=torch.float64))
    ends = []
    for middle, count in zip((rows.numpy(), columns.numpy()), map_size, strict=True):
        first = np.clip(np.floor((middle - reach) / cell), 0, count - 1).astype(int)
        ends.append((first, np.clip(np.ceil((middle + reach) / cell) + 1, first + 1, count).astype(int)))
    (tops, bottoms), (lefts, rights) = ends
    boxes = zip(tops.tolist(), lefts.tolist(), bottoms.tolist(), rights.tolist(), strict=True)
    return view_of(joined(boxes), cell)


def view_of(parts: tuple[Cells, ...], cell: float) -> View:
    """Make the view that shows these rectangles, at least one."""
    whole = parts[0]
    for part in parts[1:]:
        whole = _join(whole, part)
    top, left, bottom, right = whole
    x, y = points_from(torch.tensor(top * cell), torch.tensor(left * cell)).tolist()
    return View(whole, parts, (x, y), (round((bottom - top) * cell), round((right - left) * cell)), cell)


# ----------------------------------------------------------------------------
# Rectangles.


def joined(boxes: Iterable[Cells]) -> tuple[Cells, ...]:
    """Join rectangles as long as that saves work, what they need of lower blocks counted."""
    kept: list[Cells] = []
    waiting = list(dict.fromkeys(boxes))
    while waiting:
        box = waiting.pop()
        for other in kept:
            both = _join(box, other)
            if _cost(both) <= _cost(box) + _cost(other):
                # What has grown may now be worth joining with others that it was not worth joining before.
                kept.remove(other)
                waiting.append(both)
                break
        else:
            kept.append(box)
    return tuple(sorted(kept))


def _join(one: Cells, other: Cells) -> Cells:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _cost(box: Cells) -> int:
    return (box[2] - box[0] + 2 * HALO) * (box[3] - box[1] + 2 * HALO)


def covered(parts: Iterable[Cells], size: tuple[int, int], device: torch.device) -> Tensor:
    """Mark the cells [H, W] that lie in any part: 1 there, else 0."""
    marks = torch.zeros(size, device=device)
    for top, left, bottom, right in parts:
        marks[top:bottom, left:right] = 1
    return marks
