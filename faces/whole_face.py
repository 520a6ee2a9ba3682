"""Where a whole face is in a frame: from chin to hairline, softly ended."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.hull import distance_to_hull
from faces.landmarks import BROWS, eye_distance
from faces.masks import Mask

# A forehead reaches so far above the brows, the mask so far past jaw and forehead, fading over so much; in
# eye distances.
FOREHEAD, MARGIN, FEATHER = 0.55, 0.05, 0.25


def face_mask(landmarks: NDArray[Any], size: int) -> Mask:
    """Make the mask of a whole face.

    Args:
        landmarks: [68, 2] (x, y) px of the frame.
        size: side of the frame, px.

    Returns:
        [size, size] float32: 1 on the face, 0 well away from it and at the frame's border.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    unit = eye_distance(points)
    up = points[36:48].mean(axis=0) - points[48:68].mean(axis=0)
    up *= FOREHEAD * unit / max(float(np.hypot(*up)), 1e-6)
    around = np.concatenate([points, points[list(BROWS)] + up])
    along = np.arange(size, dtype=np.float64)
    away = distance_to_hull(around, along, along, reach=(MARGIN + FEATHER) * unit)
    share = ((away - MARGIN * unit) / (FEATHER * unit)).clip(0, 1)
    edge = np.minimum(along, along[::-1]) / (size / 24)
    held = np.minimum(np.minimum(edge[:, None], edge[None, :]), 1)
    return np.asarray((1 - share * share * (3 - 2 * share)) * held, dtype=np.float32)
