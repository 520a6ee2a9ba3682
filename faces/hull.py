"""How far a grid lies outside the convex hull of points: exactly, and without drawing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


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
