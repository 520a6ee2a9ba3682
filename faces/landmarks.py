"""Faces as 68 landmarks, what finds them, and which of several faces is meant.

The order is iBUG's (300-W), counted from 0: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, outer lips 48-59,
inner lips 60-67. Left and right are the picture's own. A landmark is (x, y) in the frame's pixels, origin at
the top left.
"""

import dataclasses
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dnnlib.errors import EditorError

Picture = NDArray[np.uint8]
Landmarks = NDArray[np.float32]

# ----------------------------------------------------------------------------
# The parts of a face, as indices.

JAW = tuple(range(17))
BROWS = tuple(range(17, 27))
NOSE = tuple(range(27, 36))
EYES = tuple(range(36, 48))
LIPS = tuple(range(48, 68))

# Upper lid over lower lid, upper inner lip over lower inner lip: what opens and shuts.
LID_PAIRS = ((37, 41), (38, 40), (43, 47), (44, 46))
LIP_PAIRS = ((61, 67), (62, 66), (63, 65))

# The outer corners of the eyes: their distance is the unit in which landmark errors are given.
EYE_CORNERS = (36, 45)

# Landmark i of a mirrored face is landmark MIRRORED[i] of the face.
MIRRORED = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)  # fmt: skip


class NoFaceError(EditorError):
    """A face was needed and none was found."""


class PictureError(EditorError):
    """What was handed over as a picture is none."""


@dataclasses.dataclass(frozen=True, eq=False)
class Face:
    """One face in a frame.

    `landmarks` [68, 2] float32 (x, y) px; `score` is the detector's own confidence in 0..1; `box` is the
    upright box around the landmarks (left, top, right, bottom), px.
    """

    landmarks: Landmarks
    score: float

    def __post_init__(self) -> None:
        points = np.array(self.landmarks, dtype=np.float32)
        if points.shape != (68, 2) or not np.isfinite(points).all():
            raise PictureError(f"a face has 68 finite (x, y) landmarks, not an array of shape {points.shape}")
        points.setflags(write=False)
        object.__setattr__(self, "landmarks", points)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The upright box around the landmarks: left, top, right, bottom, px."""
        left, top = self.landmarks.min(axis=0).tolist()
        right, bottom = self.landmarks.max(axis=0).tolist()
        return left, top, right, bottom

    @property
    def area(self) -> float:
        """The box's area, px²."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)


class LandmarkDetector(Protocol):
    """Finds faces and their landmarks in a frame."""

    @property
    def name(self) -> str:
        """What it is called in options and files."""
        ...

    def detect(self, rgb: NDArray[Any]) -> list[Face]:
        """Find the faces of one frame.

        Args:
            rgb: uint8 [H, W, 3]; anything `as_rgb` takes is taken.

        Returns:
            The faces, largest first; empty when there is none.
        """
        ...


# ----------------------------------------------------------------------------
# Any picture as the one kind that detectors read.


def as_rgb(picture: NDArray[Any]) -> Picture:
    """Bring a picture to uint8 RGB [H, W, 3].

    A grey picture ([H, W] or one channel) becomes three equal channels. Alpha is dropped, not blended: a
    generator's fourth channel says nothing about the colours. A boolean picture becomes black and white, 16
    bits lose the lower 8, and floats are read as 0..1 (NaN is black). The input is never changed.

    Raises:
        PictureError: if the shape or type is no picture's, or floats lie outside 0..1.
    """
    pixels = np.asarray(picture)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 2, 3, 4) or 0 in pixels.shape:
        raise PictureError(
            f"a picture is [H, W], or [H, W, C] with 1 to 4 channels; this array is {list(np.shape(picture))}"
        )
    # One channel is grey, two are grey and alpha, four are RGB and alpha.
    pixels = pixels[:, :, :1] if pixels.shape[2] <= 2 else pixels[:, :, :3]
    pixels = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
    return np.ascontiguousarray(_as_bytes(pixels))


def _as_bytes(pixels: NDArray[Any]) -> Picture:
    """Bring pixel values of any common type to uint8."""
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype == np.uint16:
        return (pixels >> 8).astype(np.uint8)
    if not np.issubdtype(pixels.dtype, np.floating):
        raise PictureError(f"a picture's values are uint8, or floats in 0..1; these are {pixels.dtype}")
    known = np.nan_to_num(pixels, nan=0.0)
    low, high = float(known.min()), float(known.max())
    if low < -1e-3 or high > 1 + 1e-3:
        raise PictureError(f"a picture of floats lies in 0..1; this one reaches from {low:.3g} to {high:.3g}")
    return (known.clip(0, 1) * 255).round().astype(np.uint8)


# ----------------------------------------------------------------------------
# Several faces.


def largest_first(faces: list[Face]) -> list[Face]:
    """Order faces by the area of their boxes; of equal ones the more certain comes first."""
    return sorted(faces, key=lambda face: (-face.area, -face.score))


def choose_face(faces: list[Face], click: tuple[float, float] | None = None) -> Face:
    """Choose the face that is meant: the one that was clicked, otherwise the largest.

    Args:
        faces: as a detector gives them.
        click: (x, y) px. The smallest box around it wins, so that a face before another can be had; outside
            every box, the face whose box is nearest.

    Raises:
        NoFaceError: if there is no face.
    """
    if not faces:
        raise NoFaceError("no face was found in this frame; try another seed, or drag points by hand")
    if click is None:
        return largest_first(faces)[0]
    return min(faces, key=lambda face: (_distance_to_box(face, click), face.area))


def _distance_to_box(face: Face, point: tuple[float, float]) -> float:
    """Measure how far a point lies outside a face's box, px; 0 inside."""
    left, top, right, bottom = face.box
    x, y = point
    return float(np.hypot(max(left - x, 0.0, x - right), max(top - y, 0.0, y - bottom)))


def eye_distance(landmarks: NDArray[Any]) -> float:
    """Measure between the outer corners of the eyes, px: the unit of landmark errors."""
    outer = np.asarray(landmarks, dtype=np.float64)[list(EYE_CORNERS)]
    return float(np.hypot(*(outer[1] - outer[0])))


# Where mouth, chin and jaw lie in a face, in eye distances: least and most. Taken well past what 900
# generated faces and the drawn portraits show, turned, wide-mouthed and small ones among them.
_MOUTH_BELOW_EYES, _CHIN_BELOW_EYES, _JAW_WIDTH = (0.45, 1.5), (0.8, 2.4), (1.1, 2.5)
_MOUTH_BESIDE_AXIS = 0.4


def shaped_like_a_face(landmarks: NDArray[Any]) -> bool:
    """Tell whether landmarks [68, 2] lie to each other as those of a face do, however large and turned it is.

    A network that was made for faces finds landmarks in a wall too, but seldom those of a face.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    unit = eye_distance(points)
    if unit < 1e-6:
        return False
    along = (points[45] - points[36]) / unit
    axes = np.stack([along, [-along[1], along[0]]])
    eyes, mouth = points[36:48].mean(axis=0), points[48:68].mean(axis=0)
    beside, below = axes @ (mouth - eyes) / unit
    _, chin = axes @ (points[8] - eyes) / unit
    jaw, _ = axes @ (points[16] - points[0]) / unit
    ranges = ((below, _MOUTH_BELOW_EYES), (chin, _CHIN_BELOW_EYES), (jaw, _JAW_WIDTH))
    return abs(beside) < _MOUTH_BESIDE_AXIS and all(low < value < high for value, (low, high) in ranges)
