"""Where a landmark network looks: a square of the frame, resampled to the network's size, and the way back.

A network learns faces that stand in their frame as aligned ones do. A frame that holds such a face is looked
at whole; any other face is looked at through a square that puts it there.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from faces.landmark_network import INPUT_SIZE

# How the landmarks of an aligned face lie in its frame: their box is 0.57 of the side, its middle
# 0.16 below the frame's.
BOX_SHARE, BOX_BELOW = 0.57, 0.16

# A face within these bounds of an aligned one is looked at in the whole frame.
NEAR_SIZE, NEAR_PLACE = 1.6, 0.12


class View(NamedTuple):
    """A square of a frame, px from the frame's top left corner; it may reach past the frame's border."""

    left: float
    top: float
    side: float

    def to_frame(self, landmarks: Tensor) -> Tensor:
        """Turn shares of the square [..., 2] into (x, y) px of the frame; (0, 0) is a pixel's centre."""
        corner = torch.tensor([self.left, self.top], device=landmarks.device)
        return landmarks * self.side + (corner - 0.5)

    def covers(self, height: int, width: int) -> bool:
        """Tell whether the square is the whole of a square frame."""
        return self == whole_frame(height, width) and height == width


def whole_frame(height: int, width: int) -> View:
    """Give the largest square in the middle of a frame: all of a square one."""
    side = min(height, width)
    return View((width - side) / 2, (height - side) / 2, side)


def view_of(landmarks: NDArray[Any], height: int, width: int) -> View:
    """Choose where to look for a face that is known to be about there.

    Args:
        landmarks: [68, 2] (x, y) px.
        height: of the frame, px.
        width: of the frame, px.
    """
    points = np.asarray(landmarks, dtype=np.float64) + 0.5
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(float((high - low).max()), 1.0) / BOX_SHARE
    middle_x, middle_y = ((low + high) / 2).tolist()
    left, top = middle_x - side / 2, middle_y - (0.5 + BOX_BELOW) * side
    frame = whole_frame(height, width)
    stands = abs(math.log(side / frame.side)) < math.log(NEAR_SIZE)
    away = max(
        abs(left + side / 2 - frame.left - frame.side / 2), abs(top + side / 2 - frame.top - frame.side / 2)
    )
    if height == width and stands and away < NEAR_PLACE * frame.side:
        return frame
    return View(left, top, side)


def look(rgb: Tensor, view: View, height: int, width: int) -> Tensor:
    """Resample what a view shows to the network's size, differentiably and without aliasing.

    Args:
        rgb: [N, 3, h, w], the frame at any resolution of its own shape.
        view: square, in px of the frame.
        height: of the frame, px.
        width: of the frame, px.

    Returns:
        [N, 3, 128, 128]. Past the frame's border its outermost pixels go on.
    """
    if view.covers(height, width):
        if rgb.shape[-2:] == (INPUT_SIZE, INPUT_SIZE):
            return rgb
        return F.interpolate(rgb, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True)
    # Many pixels to one: average blocks of them first.
    shrink = int(view.side / height * rgb.shape[2] / INPUT_SIZE)
    if shrink > 1:
        rgb = F.interpolate(rgb, scale_factor=1 / shrink, mode="area")
    steps = (torch.arange(INPUT_SIZE, device=rgb.device) + 0.5) / INPUT_SIZE * view.side
    x = (view.left + steps) / width * 2 - 1
    y = (view.top + steps) / height * 2 - 1
    grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1).to(rgb.dtype)
    return F.grid_sample(
        rgb, grid.expand(len(rgb), -1, -1, -1), mode="bilinear", padding_mode="border", align_corners=False
    )
