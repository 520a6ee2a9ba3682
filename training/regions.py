"""Rectangles of feature maps, and which rectangle of a lower map a rectangle of a higher one depends on."""

import math
from typing import NamedTuple

import torch

from torch_utils.ops.modulated_conv2d import padding_of_filter
from training.layers import NetworkError


class Region(NamedTuple):
    """A rectangle of cells: rows top to bottom, columns left to right, the last of each not included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    @property
    def area(self) -> int:
        """Cells."""
        return self.size[0] * self.size[1]

    def of(self, maps: torch.Tensor) -> torch.Tensor:
        """Cut this rectangle out of whole maps [..., H, W]."""
        return maps[..., self.top : self.bottom, self.left : self.right]


def whole(size: tuple[int, int]) -> Region:
    """The rectangle of all cells of a map of (rows, columns)."""
    return Region(0, 0, *size)


def checked_region(region: Region, size: tuple[int, int]) -> Region:
    """Hand a rectangle back if it has cells, all of them on the map.

    Raises:
        NetworkError: if not.
    """
    rows, columns = size
    if not (0 <= region.top < region.bottom <= rows and 0 <= region.left < region.right <= columns):
        raise NetworkError(
            f"region {tuple(region)}; expected top, left, bottom, right within {rows} x {columns} cells"
        )
    return region


# ----------------------------------------------------------------------------
# What a rectangle depends on.


def below_convolution(want: Region, kernel: int, size: tuple[int, int]) -> Region:
    """What a convolution of the same size looks at, as far as it lies on the map."""
    reach = kernel // 2
    top, left = max(want.top - reach, 0), max(want.left - reach, 0)
    return Region(top, left, min(want.bottom + reach, size[0]), min(want.right + reach, size[1]))


def below_upsampling(want: Region, kernel: int, taps: int, size: tuple[int, int]) -> Region:
    """What a transposed convolution (stride 2) and its filter look at, on the map of half the size."""
    before, _ = padding_of_filter(kernel, 2, taps)

    def span(start: int, end: int, length: int) -> tuple[int, int]:
        # The filter reads samples start - before ... end - 1 - before + taps - 1 of the response; cell i of
        # the input adds to its samples 2 i ... 2 i + kernel - 1.
        first = math.ceil((start - before - kernel + 1) / 2)
        last = (end - 1 - before + taps - 1) // 2
        return max(first, 0), min(last + 1, length)

    (top, bottom), (left, right) = span(want.top, want.bottom, size[0]), span(want.left, want.right, size[1])
    return Region(top, left, bottom, right)


def below_picture(want: Region, taps: int, size: tuple[int, int]) -> Region:
    """What the enlarging of the picture by its filter looks at, on the picture of half the size."""
    before, after = picture_reach(taps)

    def span(start: int, end: int, length: int) -> tuple[int, int]:
        return max((start - before + 1) // 2, 0), min((end - 1 + after) // 2 + 1, length)

    (top, bottom), (left, right) = span(want.top, want.bottom, size[0]), span(want.left, want.right, size[1])
    return Region(top, left, bottom, right)


def picture_reach(taps: int) -> tuple[int, int]:
    """How far the filter that enlarges a picture looks back and ahead, in samples of the spread picture."""
    return (taps + 1) // 2, (taps - 2) // 2


def margins(have: Region, want: Region, before: int, after: int) -> tuple[int, int, int, int]:
    """Padding (left, right, top, bottom) that turns what is there into `want` and its reach; negative cuts.

    What is missing lies beyond the picture's border, where everything is zero.
    """
    return (
        have.left - (want.left - before),
        want.right + after - have.right,
        have.top - (want.top - before),
        want.bottom + after - have.bottom,
    )


def join(first: Region, second: Region) -> Region:
    """The smallest rectangle that holds both."""
    return Region(
        min(first.top, second.top),
        min(first.left, second.left),
        max(first.bottom, second.bottom),
        max(first.right, second.right),
    )
