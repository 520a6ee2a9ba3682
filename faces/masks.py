"""Masks from landmarks: where the picture may change for an expression. 1 = may move, 0 = held.

The part that may move is the hull of the expression's region before and after, widened by a margin and
feathered towards outside. It is computed from the distance to the hull, exactly and without drawing, so that
it scales and shifts with the face.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from faces.expression import Expression
from faces.hull import distance_to_hull
from faces.landmarks import eye_distance

# Past the hull the mask is 1 for the expression's margin and falls to 0 over FEATHER, in eye distances.
FEATHER = 0.09

# Rows and columns at which a mask is computed at most.
FINEST = 256

Mask = NDArray[np.float32]


def expression_mask(
    landmarks: NDArray[Any],
    expression: Expression,
    size: tuple[int, int],
    strength: float = 1.0,
    margin: float | None = None,
    feather: float = FEATHER,
) -> Mask:
    """Make the mask of an expression.

    Args:
        landmarks: [68, 2] (x, y) px.
        expression: whose region it is.
        size: (height, width) of the frame, px.
        strength: as for the expression: what moves further needs more room.
        margin: how far past the hull everything may move, in eye distances; the expression's own if None.
        feather: over what further distance that fades, in eye distances.

    Returns:
        [H, W] float32 in 0..1. It is 1 on every moving landmark and target inside the frame, and everywhere
        for an expression without regions.
    """
    if not expression.regions:
        return np.ones(size, np.float32)
    margin = expression.margin if margin is None else margin
    before = np.asarray(landmarks, dtype=np.float64)
    after = expression.moved(before, strength).astype(np.float64)
    unit = eye_distance(before)
    # A mask is smooth: of a large frame a grid of pixels is enough, and the rest lies between them.
    y, x = (np.linspace(0, side - 1, min(side, FINEST)) for side in size)
    mask = np.zeros((len(y), len(x)))
    for part in expression.regions:
        points = np.concatenate([before[list(part)], after[list(part)]])
        away = distance_to_hull(points, x, y, reach=(margin + feather) * unit)
        mask = np.maximum(mask, _fade((away - margin * unit) / max(feather * unit, 1e-6)))
    whole = F.interpolate(torch.from_numpy(mask)[None, None], size=size, mode="bilinear", align_corners=True)
    return whole[0, 0].clamp(0, 1).numpy().astype(np.float32)


def _fade(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fall smoothly from 1 at 0 to 0 at 1."""
    t = share.clip(0.0, 1.0)
    return 1 - t * t * (3 - 2 * t)
