"""All 68 landmarks of a portrait, in the iBUG order, from its picture's left to its right.

Jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67.
"""

import torch
from torch import Tensor

from .canvas import Pose
from .factors import Factors
from .geometry import Head, Mouth, Nose
from .lids import Brow, Eye


def landmarks68(f: Factors, size: int) -> Tensor:
    """Factors -> the 68 landmarks [N, 68, 2], (x, y) in pixels of a picture of that size, origin at its top
    left.
    """
    left_eye, right_eye = Eye(f, -1).landmarks(), Eye(f, 1).landmarks()
    left_brow, right_brow = Brow(f, -1).landmarks(), Brow(f, 1).landmarks()
    # The right eye runs inner corner, upper lid outwards, outer corner, lower lid inwards.
    inward = [3, 2, 1, 0, 5, 4]
    groups = [
        Head(f).jaw(),
        left_brow,
        (right_brow[0].flip(1), right_brow[1].flip(1)),
        Nose(f).landmarks(),
        left_eye,
        (right_eye[0][:, inward], right_eye[1][:, inward]),
        Mouth(f).landmarks(),
    ]
    x = torch.cat([group[0] for group in groups], dim=1)[:, None]
    y = torch.cat([group[1] for group in groups], dim=1)[:, None]
    x, y = Pose(f).to_picture(x, y)
    return torch.stack([(x[:, 0] + 1) / 2 * size, (y[:, 0] + 1) / 2 * size], dim=2) - 0.5
