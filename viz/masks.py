"""Whole masks, float32 [H, W] in 0..1, 1 = may move: grown, shrunk, feathered, or made from what is there.

Every function gives a new array and changes none.
"""

import math
from collections.abc import Iterable

import numpy as np

from faces.hull import distance_to_hull
from viz.brush import distance_to_line
from viz.state import Mask, PointPair

_FINEST = 256  # Rows and columns at which a face's mask is computed at most: it is smooth.
_REACH = 0.09  # Of the picture's height: how far around a point everything may move.
_FACE_MARGIN = 0.12  # Of the face's height: how far past its landmarks, which do not mark the forehead.


def invert(mask: Mask) -> Mask:
    """Hold what may move, and the other way round."""
    return np.float32(1.0) - mask


def grow(mask: Mask, radius: float) -> Mask:
    """Let more move: each pixel takes the greatest value within `radius` px, in every direction alike."""
    grown = mask.copy()
    for row in range(min(math.floor(radius), len(mask) - 1) + 1):
        wide = _greatest_along(mask, math.floor(math.sqrt(radius * radius - row * row)))
        np.maximum(grown[row:], wide[: len(wide) - row], out=grown[row:])
        np.maximum(grown[: len(wide) - row], wide[row:], out=grown[: len(wide) - row])
    return grown


def shrink(mask: Mask, radius: float) -> Mask:
    """Let less move: what grows is that which is held. The picture's edge holds nothing."""
    return invert(grow(invert(mask), radius))


def feather(mask: Mask, radius: float) -> Mask:
    """Soften the edges: a blur whose standard deviation is `radius` px, by three means over boxes.

    (Kutskir and Kovesi's rule: boxes of two neighbouring odd widths, with the variance of the blur in sum.)
    """
    soft = mask.astype(np.float64)
    for half in _boxes(radius):
        for axis in (0, 1):
            soft = _mean_along(soft, half, axis)
    return np.clip(soft, 0.0, 1.0).astype(np.float32)


# ----------------------------------------------------------------------------
# "Lock everything else": what may move is made from the points, or from the face.


def around_points(pairs: Iterable[PointPair], size: tuple[int, int]) -> Mask:
    """Let move what is near the ways from the points to their targets; everything else is held.

    Args:
        pairs: one or more; a point without target has no way, only a place.
        size: (height, width) of the picture, px.
    """
    reach = _REACH * size[0]
    nearest = np.full(size, np.inf)
    for pair in pairs:
        end = pair.point if pair.target is None else pair.target
        whole = (slice(0, size[0]), slice(0, size[1]))
        nearest = np.minimum(nearest, distance_to_line(whole, pair.point, end))
    return _fading(nearest / reach)


def around_face(landmarks: np.ndarray, size: tuple[int, int]) -> Mask:
    """Let a face move, forehead included; everything else is held.

    Args:
        landmarks: [68, 2] (x, y) px.
        size: (height, width) of the picture, px.
    """
    points = np.asarray(landmarks, np.float64)
    # Landmarks end at the brows: the forehead is about as far above them as the nose's tip is below.
    forehead = points[17:27] + 0.8 * (points[17:27].mean(axis=0) - points[31:36].mean(axis=0))
    points = np.concatenate([points, forehead])
    margin = _FACE_MARGIN * float(np.hypot(*(points[8] - points[27])))
    rows, columns = (np.linspace(0, side - 1, min(side, _FINEST)) for side in size)
    away = distance_to_hull(points, columns, rows, reach=2 * margin)
    return _enlarged(_fading(away / margin), size)


def _fading(distance: np.ndarray) -> Mask:
    """Give 1 up to a distance of 1, and fall smoothly to 0 at 2."""
    share = np.clip(np.where(np.isfinite(distance), distance, 2.0) - 1.0, 0.0, 1.0)
    return (1 - share * share * (3 - 2 * share)).astype(np.float32)


# ----------------------------------------------------------------------------
# Along rows and columns.


def _greatest_along(mask: Mask, half: int) -> Mask:
    """Take the greatest value within `half` columns, doubling the window as far as it goes."""
    half = min(half, mask.shape[1] - 1)
    padded = np.pad(mask, ((0, 0), (half, half)))
    reach, width = 1, 2 * half + 1
    while reach < width:
        step = min(reach, width - reach)
        padded = np.maximum(padded[:, : padded.shape[1] - step], padded[:, step:])
        reach += step
    return padded


def _mean_along(values: np.ndarray, half: int, axis: int) -> np.ndarray:
    """Take the mean within `half` pixels; beyond the edge the picture goes on as it ends."""
    if half == 0:
        return values
    margins = [(half + 1, half) if each == axis else (0, 0) for each in (0, 1)]
    sums = np.cumsum(np.pad(values, margins, mode="edge"), axis=axis)
    width = 2 * half + 1
    last, first = (np.take(sums, np.arange(values.shape[axis]) + shift, axis=axis) for shift in (width, 0))
    return (last - first) / width


def _boxes(deviation: float) -> tuple[int, ...]:
    """Give the half widths of three boxes that together blur with a standard deviation."""
    if deviation <= 0:
        return ()
    least = (math.floor(math.sqrt(4 * deviation * deviation + 1)) - 1) // 2
    width = 2 * least + 1
    # How many of the three are narrow, so that the variances, (width² - 1) / 12 each, add up.
    narrow = round((12 * deviation * deviation - 3 * width * width - 12 * width - 9) / (-4 * width - 4))
    narrow = min(max(narrow, 0), 3)
    return (least,) * narrow + (least + 1,) * (3 - narrow)


def _enlarged(mask: Mask, size: tuple[int, int]) -> Mask:
    """Interpolate between the pixels of a smaller mask whose corners are the larger one's."""
    for axis, side in enumerate(size):
        places = np.linspace(0, mask.shape[axis] - 1, side)
        before = np.minimum(places.astype(int), max(mask.shape[axis] - 2, 0))
        after = np.minimum(before + 1, mask.shape[axis] - 1)
        share = (places - before).reshape((-1, 1) if axis == 0 else (1, -1))
        mask = np.take(mask, before, axis) * (1 - share) + np.take(mask, after, axis) * share
    return mask.astype(np.float32)
