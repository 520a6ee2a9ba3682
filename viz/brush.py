"""Painting a mask: soft strokes on float32 [H, W], 1 = may move. Every function gives a new array."""

import numpy as np

from viz.state import Mask

HARDNESS = 0.65


def paint(
    mask: Mask | None,
    size: tuple[int, int],
    start: tuple[float, float],
    end: tuple[float, float],
    radius: float,
    *,
    moves: bool,
    hardness: float = HARDNESS,
) -> Mask:
    """Draw one stroke.

    Args:
        mask: so far. None holds nothing yet: a first stroke that lets move then holds all else, and a first
            stroke that holds lets all else move.
        size: (height, width) of the picture, px.
        start: (x, y) px.
        end: (x, y) px.
        radius: px.
        moves: what is painted may move; otherwise it is held.
        hardness: over this share of the radius, 0..1, the stroke is whole; from there it fades.
    """
    if mask is None or mask.shape != size:
        mask = np.zeros(size, np.float32) if moves else np.ones(size, np.float32)
    radius, painted = max(radius, 0.5), mask.copy()
    # Only the part that the stroke can reach: a mask of 1024 px is painted as quickly as one of 256.
    part = tuple(
        slice(max(0, int(min(a, b) - radius)), max(0, min(length, int(max(a, b) + radius) + 2)))
        for a, b, length in zip(start[::-1], end[::-1], size, strict=True)
    )
    strength = _stroke(part, start, end, radius, hardness)
    painted[part] = np.maximum(mask[part], strength) if moves else np.minimum(mask[part], 1 - strength)
    return painted


def _stroke(
    part: tuple[slice, ...],
    start: tuple[float, float],
    end: tuple[float, float],
    radius: float,
    hardness: float,
) -> Mask:
    """Give 1 on the line, 0 beyond the radius, and a soft edge between; for a part of a mask."""
    distance = distance_to_line(part, start, end)
    soft = max(radius * (1 - min(max(hardness, 0.0), 1.0)), 1e-3)
    return np.clip((radius - distance) / soft, 0.0, 1.0).astype(np.float32)


def distance_to_line(
    part: tuple[slice, ...], start: tuple[float, float], end: tuple[float, float]
) -> np.ndarray:
    """Measure from the pixels of a part (rows, columns) to the line between two points (x, y), in px."""
    rows, columns = np.ogrid[part]
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = ((columns - start[0]) * dx + (rows - start[1]) * dy) / length if length > 0 else 0.0
    along = np.clip(along, 0.0, 1.0)
    return np.hypot(columns - start[0] - along * dx, rows - start[1] - along * dy)
