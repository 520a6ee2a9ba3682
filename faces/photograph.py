"""The faces of a photograph: all of them, however small or turned, not only one that fills the frame.

Candidates come from the detector's own search, which knows large faces, and from a cascade of local binary
patterns (Liao et al., 2007; scikit-image brings it), which is quick over a whole photograph and finds small
ones. Each candidate is cut out as FFHQ would, looked at so, cut out again by what was seen, and looked at
again: what is a face twice is one. Where nothing stands upright, the photograph is turned.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faces.align import cut_out, ffhq_alignment
from faces.bundled import SAME_FACE, WINDOW_SCORE, BundledDetector, agree, overlap
from faces.cascade import average_face, boxes
from faces.landmarks import (
    Face,
    LandmarkDetector,
    Picture,
    PictureError,
    as_rgb,
    eye_distance,
    largest_first,
    shaped_like_a_face,
)

# The photograph is looked through at this longer side, px.
COARSE = 1600

# Side of the frame in which a candidate is looked at, px.
LOOK = 128

# A candidate goes on to the second look from this score on.
LIKELY = 0.5

# With a face of this score the photograph is held the right way. A face upside down may pass for one with
# the eyes for eyes and the hair for a chin, but not as surely.
SURE = 0.99

# A face leans at most so far in a photograph that is held the right way, degrees.
LEAN = 65.0

# Where the uprightest face leans by more, degrees, the photograph is looked at in its next turn too:
# of faces that lean by 60, only some are seen, and in the turn in which they lean by 30 all are.
UPRIGHT = 45.0

# In a photograph that had to be turned, each face is looked at again, turned so far either way, degrees, and
# its landmarks have to stay where they were, to this share of the eyes' distance. Those of faces do, to 0.04;
# what is read into a face that leans by 60 degrees, upside down, moves by 0.11 at least.
NUDGE, FIRM = 20.0, 0.07

# A face with a smaller square than this can be edited, but hardly seen, px.
SMALL = 60.0

Progress = Callable[[str, float], None]


@dataclasses.dataclass(frozen=True, eq=False)
class PhotographFaces:
    """What was found: faces in the photograph's pixels, largest first.

    `turned` is by how many degrees the photograph had to be turned, anticlockwise, to see them.
    """

    faces: tuple[Face, ...]
    turned: int = 0

    def note(self) -> str:
        """Say in one line what a person should know; empty if there is nothing to say."""
        if not self.faces:
            return (
                "No face was found in this photograph, not even turned; choose one in which a face is seen "
                "from the front, at least 30 pixels wide."
            )
        said = []
        if len(self.faces) > 1:
            said.append(
                f"{len(self.faces)} faces were found; the largest is chosen, click another to change."
            )
        if self.turned:
            said.append(f"The face was found when the photograph was turned by {self.turned}°.")
        if ffhq_alignment(self.faces[0].landmarks, LOOK).side < SMALL:
            said.append("The face is very small: what changes in it will hardly be seen.")
        return " ".join(said)


def find_faces(
    rgb: NDArray[Any], detector: LandmarkDetector, progress: Progress = lambda text, share: None
) -> PhotographFaces:
    """Find the faces of a photograph.

    Args:
        rgb: uint8 [H, W, 3], any size.
        detector: as chosen. The bundled one looks at every candidate; any other is trusted with what it finds
            in the whole photograph, and the bundled one is asked where it finds nothing.
        progress: told what is looked at, and the share that is done, 0..1; it may raise to end the search.

    Returns:
        The faces, largest first; none is an answer too.
    """
    photograph = as_rgb(rgb)
    coarse, scale = _coarse(photograph)
    if not isinstance(detector, BundledDetector):
        progress("Looking for faces", 0.0)
        found = [_scaled(face, scale) for face in detector.detect(coarse)]
        if found:
            return PhotographFaces(tuple(largest_first(found)))
        detector = _bundled()
    best: tuple[tuple[float, float], int, list[Face]] = ((0.0, 0.0), 0, [])
    for step, turns in enumerate((0, 2, 1, 3)):
        progress("Looking for faces" if turns == 0 else f"Looking, turned by {90 * turns}°", step / 4)
        frame = np.ascontiguousarray(np.rot90(coarse, turns))
        faces = _search(frame, detector)
        if turns:
            faces = [face for face in faces if _is_firm(frame, face, detector)]
        best = max(best, (_worth(faces), turns, faces), key=lambda each: each[0])
        if best[0] >= (SURE, -UPRIGHT):
            break
    _, turns, faces = best
    upright = [_turned_back(face, turns, coarse.shape[:2]) for face in faces]
    again = [_look_finely(photograph, _scaled(face, scale), detector) for face in upright]
    return PhotographFaces(tuple(largest_first(again)), 90 * turns)


@functools.cache
def _bundled() -> BundledDetector:
    return BundledDetector.load()


# ----------------------------------------------------------------------------
# Candidates.


def _search(frame: Picture, detector: BundledDetector) -> list[Face]:
    """Find what is a face at two looks, each face once."""
    kept: list[Face] = []
    for face in sorted(_seen_twice(frame, detector), key=lambda each: -each.score):
        if all(overlap(face, other) < SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _seen_twice(frame: Picture, detector: BundledDetector) -> Iterator[Face]:
    candidates = [*detector.detect(frame), *(average_face(*box) for box in boxes(frame))]
    for candidate in candidates:
        first = _look(frame, candidate, detector)
        if first is None or first.score < LIKELY:
            continue
        second = _look(frame, first, detector)
        if second is None or second.score < WINDOW_SCORE:
            continue
        if agree(first, second) and _stands(second):
            yield second


# ----------------------------------------------------------------------------
# Looks.


def _look(frame: Picture, face: Face, detector: BundledDetector) -> Face | None:
    """Cut a face out as FFHQ would, and read it; None where there is nothing like a face."""
    try:
        alignment = ffhq_alignment(face.landmarks, LOOK)
        seen = detector.read(cut_out(frame, alignment))
    except PictureError:
        return None
    if not shaped_like_a_face(seen.landmarks):
        return None
    return Face(alignment.to_photograph(seen.landmarks).astype(np.float32), seen.score)


def _is_firm(frame: Picture, face: Face, detector: BundledDetector) -> bool:
    """Tell whether a face is read alike when the frame is turned a little."""
    centre, apart = face.landmarks.mean(axis=0), eye_distance(face.landmarks)
    for angle in np.radians((-NUDGE, NUDGE)):
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        nudged = Face(((face.landmarks - centre) @ turn + centre).astype(np.float32), face.score)
        again = _look(frame, nudged, detector)
        if again is None or np.linalg.norm(again.landmarks - face.landmarks, axis=1).mean() > FIRM * apart:
            return False
    return True


def _worth(faces: Sequence[Face]) -> tuple[float, float]:
    """Rank what was found in one turn: by its surest face, and among sure ones by how little they lean."""
    score = max((face.score for face in faces), default=0.0)
    if score < SURE:
        return score, 0.0
    return SURE, -min(_lean(face) for face in faces if face.score >= SURE)


def _lean(face: Face) -> float:
    return abs(ffhq_alignment(face.landmarks, LOOK).turn)


def _stands(face: Face) -> bool:
    return _lean(face) < LEAN


def _look_finely(photograph: Picture, face: Face, detector: BundledDetector) -> Face:
    """Look once more at the photograph itself, which is finer."""
    again = _look(photograph, face, detector)
    return again if again is not None and again.score >= WINDOW_SCORE else face


def _coarse(photograph: Picture) -> tuple[Picture, float]:
    """Shrink a photograph for the search; give it and the size of its pixels in the photograph's."""
    height, width = photograph.shape[:2]
    scale = max(height, width) / COARSE
    if scale <= 1:
        return photograph, 1.0
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    shrunk = Image.fromarray(photograph).resize(size, Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(shrunk), scale


def _scaled(face: Face, scale: float) -> Face:
    return Face(((face.landmarks + 0.5) * scale - 0.5).astype(np.float32), face.score)


def _turned_back(face: Face, turns: int, size: tuple[int, int]) -> Face:
    """Find landmarks in a frame of this (height, width) that were found after `turns` of numpy's rot90."""
    points = face.landmarks
    height, width = size if turns % 2 == 0 else size[::-1]
    for _ in range(turns):
        # What rot90 brought to (x, y) stood at (width' - 1 - y, x), width' being the unturned frame's.
        points = np.stack([height - 1 - points[:, 1], points[:, 0]], axis=1)
        height, width = width, height
    return Face(points.astype(np.float32), face.score)
