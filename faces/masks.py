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

from faces.expressions import Expression
from faces.landmarks import eye_distance

# Past the hull the mask is 1 for MARGIN and falls to 0 over FEATHER, in eye distances (a face is 1.6).
MARGIN, FEATHER = 0.09, 0.09

# Rows and columns at which a mask is computed at most.
FINEST = 256

Mask = NDArray[np.float32]


def expression_mask(
    landmarks: NDArray[Any],
    expression: Expression,
    size: tuple[int, int],
    strength: float = 1.0,
    margin: float = MARGIN,
    feather: float = FEATHER,
) -> Mask:
    """Make the mask of an expression.

    Args:
        landmarks: [68, 2] (x, y) px.
        expression: whose region it is.
        size: (height, width) of the frame, px.
        strength: as for the expression: what moves further needs more room.
        margin: how far past the hull everything may move, in eye distances.
        feather: over what further distance that fades, in eye distances.

    Returns:
        [H, W] float32 in 0..1. It is 1 on every moving landmark and target inside the frame.
    """
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


def distance_to_hull(
    points: NDArray[Any], x: NDArray[Any], y: NDArray[Any], reach: float
) -> NDArray[np.float64]:
    """Measure how far a grid lies outside the convex hull of points; 0 inside, infinite past `reach`.

    Args:
        points: [K, 2] (x, y); they may lie outside the grid, or all on one line or spot.
        x: [W] rising, the grid's columns.
        y: [H] rising, its rows.
        reach: no distance beyond this is needed.

    Returns:
        [H, W].
    """
    away = np.full((len(y), len(x)), np.inf)
    low, high = points.min(0) - reach, points.max(0) + reach
    columns, rows = (slice(*np.searchsorted(a, (low[i], high[i]))) for i, a in enumerate((x, y)))
    pixels = np.stack(np.meshgrid(x[columns], y[rows]), axis=-1).astype(np.float64)
    corners = _corners(np.asarray(points, dtype=np.float64))
    nearest = np.full(pixels.shape[:2], np.inf)
    inside = np.ones(pixels.shape[:2], dtype=bool)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        edge, to_pixel = b - a, pixels - a
        length = float(edge @ edge)
        along = (to_pixel @ edge / length).clip(0, 1) if length > 0 else np.zeros(pixels.shape[:2])
        nearest = np.minimum(nearest, np.hypot(*np.moveaxis(to_pixel - along[..., None] * edge, -1, 0)))
        inside &= edge[0] * to_pixel[..., 1] - edge[1] * to_pixel[..., 0] >= 0
    # Fewer than three corners enclose nothing.
    away[rows, columns] = np.where(inside & (len(corners) > 2), 0.0, nearest)
    return away


def _corners(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the corners of the convex hull in order (Andrew, 1979); of points on one line its two ends."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    if len(ordered) < 3:
        return np.array(ordered)
    return np.array(_half_hull(ordered)[:-1] + _half_hull(ordered[::-1])[:-1])


def _half_hull(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Walk along sorted points, turning one way only."""
    hull: list[tuple[float, float]] = []
    for x, y in ordered:
        while len(hull) > 1:
            (ax, ay), (bx, by) = hull[-2:]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            hull.pop()
        hull.append((x, y))
    return hull
