"""How landmarks move for an expression: the functions that the table in expressions.py names.

Amounts are relative to the face (an eye's width, the mouth's, the distance from the axis), never in px.
"""

import numpy as np
from numpy.typing import NDArray

from faces.landmarks import LID_PAIRS, LIP_PAIRS

Points = NDArray[np.float64]

_UPPER_LIDS, _LOWER_LIDS = (list(row) for row in zip(*LID_PAIRS, strict=True))
_UPPER_LIPS, _LOWER_LIPS = (list(row) for row in zip(*LIP_PAIRS, strict=True))
JAW_SIDES = (*range(1, 8), *range(9, 16))

# ----------------------------------------------------------------------------
# How landmarks move. Each takes landmarks [68, 2] that it may change, and a strength, and returns them.


def close_eyes(p: Points, strength: float) -> Points:
    """Put the upper lids onto their lower partners; past 1 there is nothing further to close."""
    p[_UPPER_LIDS] += min(strength, 1.0) * (p[_LOWER_LIDS] - p[_UPPER_LIDS])
    return p


def big_eyes(p: Points, strength: float) -> Points:
    """Move lid pairs apart about their midpoints: at 1 by half the aperture, within what eyes can do.

    An eye that is all but shut has no aperture to grow by, so that an eighth of its width is the least; and
    an eye that is wide already grows less: past 0.5 of its width only by a sixteenth.
    """
    widths = np.linalg.norm(p[[39, 39, 45, 45]] - p[[36, 36, 42, 42]], axis=1, keepdims=True)
    across = p[_LOWER_LIDS] - p[_UPPER_LIDS]
    aperture = np.linalg.norm(across, axis=1, keepdims=True)
    # Lids that touch have no direction of their own: then down the face it is.
    down = np.where(aperture > 1e-3 * widths, across / np.maximum(aperture, 1e-9), face_down(p))
    most = np.maximum(0.5 * widths - aperture, widths / 16)
    grow = strength * np.clip(0.5 * aperture, widths / 8, None).clip(max=most)
    p[_UPPER_LIDS] -= 0.5 * grow * down
    p[_LOWER_LIDS] += 0.5 * grow * down
    return p


def close_mouth(p: Points, strength: float) -> Points:
    """Let inner lip pairs meet at their midpoints; past 1 there is nothing further to close."""
    half = 0.5 * min(strength, 1.0) * (p[_LOWER_LIPS] - p[_UPPER_LIPS])
    p[_UPPER_LIPS] += half
    p[_LOWER_LIPS] -= half
    return p


def open_mouth(p: Points, strength: float) -> Points:
    """Let the lower lip and the chin go down the face, and the upper lip up a little.

    At 1 the gap becomes 0.36 of the mouth's width; a mouth that is wide open already opens by 0.12 all the
    same.
    """
    width = float(np.linalg.norm(p[54] - p[48]))
    gap = float(np.linalg.norm(p[_LOWER_LIPS] - p[_UPPER_LIPS], axis=1).mean())
    grow = strength * max(0.36 * width - gap, 0.12 * width) * face_down(p)
    p[_UPPER_LIPS] -= 0.15 * grow
    p[[*_LOWER_LIPS, 56, 57, 58]] += 0.85 * grow
    # Towards its corners the lower lip moves less, and the chin goes half the way.
    p[[55, 59]] += 0.45 * grow
    p[8] += 0.5 * grow
    return p


def slim_face(p: Points, strength: float) -> Points:
    """Move the jaw towards the face's axis, bridge 27 to chin 8: at 1 by 8 % of each point's distance."""
    axis = p[8] - p[27]
    axis /= max(float(np.linalg.norm(axis)), 1e-9)
    sides = list(JAW_SIDES)
    away = p[sides] - p[27]
    away -= (away @ axis)[:, None] * axis
    p[sides] -= 0.08 * strength * away
    return p


def face_down(p: Points) -> Points:
    """Find the direction from brow to chin: a unit vector [2], square to the line between the eyes."""
    along = p[42:48].mean(axis=0) - p[36:42].mean(axis=0)
    down = np.array([-along[1], along[0]])
    length = float(np.linalg.norm(down))
    return down / length if length > 1e-9 else np.array([0.0, 1.0])
