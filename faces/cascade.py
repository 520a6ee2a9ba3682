"""Proposes small faces: a cascade of local binary patterns (scikit-image brings it) looks through a frame."""

import numpy as np

from faces.landmarks import Face, Picture

# The cascade's windows: the smallest, px of the coarse photograph; how they grow; how far they step.
SMALLEST, GROWTH, STEP = 24, 1.2, 1.3

# An average face: where its landmarks lie in the cascade's box, as shares of the side.
_EYES, _MOUTH, _EYES_APART = 0.37, 0.78, 0.42


def boxes(frame: Picture) -> list[tuple[float, float, float]]:
    """Let the cascade look through a frame: (left, top, side) px of what it takes for faces."""
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    side = min(frame.shape[:2])
    if side <= SMALLEST:
        return []
    found = Cascade(lbp_frontal_face_cascade_filename()).detect_multi_scale(
        frame, scale_factor=GROWTH, step_ratio=STEP, min_size=(SMALLEST, SMALLEST), max_size=(side, side)
    )
    return [(float(box["c"]), float(box["r"]), float(box["width"])) for box in found]


def average_face(left: float, top: float, side: float) -> Face:
    """Put eyes and mouth into a box as they stand on average; only these are looked at."""
    points = np.full((68, 2), (left + side / 2, top + side / 2))
    for eye, at in ((range(36, 42), -0.5), (range(42, 48), 0.5)):
        points[list(eye)] = (left + (0.5 + at * _EYES_APART) * side, top + _EYES * side)
    points[[48, 54]] = (left + side / 2, top + _MOUTH * side)
    return Face(points.astype(np.float32), 0.0)
