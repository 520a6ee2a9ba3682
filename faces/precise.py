"""The precise detector: the face-alignment library (Bulat and Tzimiropoulos, 2017, arXiv:1703.07332).

It is imported when it is first asked for, here and nowhere else: it brings opencv, which needs system
libraries that a bare machine lacks, and the editor must start without them.
"""

import dataclasses
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dnnlib.errors import EditorError
from faces.landmarks import Face, as_rgb, largest_first
from faces.weights import FACE_ANCHORS, FACE_WEIGHTS, LANDMARK_WEIGHTS, WeightsError, missing, place_by_hand


class DetectorUnavailableError(EditorError):
    """The face-alignment library cannot be used on this machine."""


@dataclasses.dataclass(frozen=True)
class PreciseDetector:
    """Finds faces with BlazeFace and their landmarks with 2DFAN-4, as face-alignment runs them."""

    library: Any
    name: str = "face-alignment"

    @classmethod
    def load(cls, device: torch.device | str = "cpu") -> "PreciseDetector":
        """Set the library up with weights that are on this machine; `faces.weights.fetch` brings them there.

        Raises:
            DetectorUnavailableError: if the library cannot be imported; the message says what to install.
            WeightsError: if weights are missing or broken.
        """
        lacking = missing()
        if lacking:
            raise WeightsError(
                "the precise landmark detector's weights are not on this machine; " + place_by_hand(lacking)
            )
        face_alignment = _import_library()
        try:
            # Compiling costs 100 s at the first start on a CPU and wins nothing for single frames.
            library = face_alignment.FaceAlignment(
                face_alignment.LandmarksType.TWO_D,
                device=str(device),
                flip_input=False,
                compile=False,
                face_detector="blazeface",
                # With paths the library reads weights as plain tensors, and never asks the network.
                face_detector_kwargs={
                    "path_to_detector": str(FACE_WEIGHTS.path),
                    "path_to_anchor": str(FACE_ANCHORS.path),
                },
            )
        except (OSError, EOFError, ValueError, KeyError, RuntimeError, _unpickling_error()) as error:
            raise WeightsError(
                f"{LANDMARK_WEIGHTS.path.parent}: the landmark detector's weights cannot be read "
                f"({_first_line(error)}); delete them there and start again; "
                + place_by_hand([LANDMARK_WEIGHTS, FACE_WEIGHTS, FACE_ANCHORS])
            ) from error
        return cls(library)

    def detect(self, rgb: NDArray[Any]) -> list[Face]:
        """Find the faces of a frame, largest first; a call takes about 0.7 s on a CPU.

        Args:
            rgb: uint8 [H, W, 3]; a grey frame or one with alpha is taken too.
        """
        pixels = as_rgb(rgb)
        boxes = self.library.face_detector.detect_from_image(pixels.copy())
        if len(boxes) == 0:
            return []
        found = self.library.get_landmarks_from_image(pixels, detected_faces=list(boxes))
        scores = [float(box[4]) if len(box) > 4 else 1.0 for box in boxes]
        faces = [
            Face(np.asarray(landmarks, dtype=np.float32)[:, :2], min(max(score, 0.0), 1.0))
            for landmarks, score in zip(found, scores, strict=True)
        ]
        return largest_first(faces)


def _import_library() -> Any:
    """Import face-alignment, or say what is missing."""
    try:
        import face_alignment
    except ImportError as error:
        reason = _first_line(error)
        if ".so" in reason:
            cure = "on Debian or Ubuntu type: sudo apt-get install libgl1 libglib2.0-0"
        else:
            cure = "type: python -m pip install -r requirements.txt"
        raise DetectorUnavailableError(
            f"the precise landmark detector (face-alignment) cannot be imported ({reason}); {cure}"
        ) from error
    return face_alignment


def _unpickling_error() -> type[Exception]:
    """What torch.load(weights_only=True) raises for a file that is more than tensors."""
    import pickle

    return pickle.UnpicklingError


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
