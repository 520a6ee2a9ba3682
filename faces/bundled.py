"""The bundled detector: our own small network, no download.

It is made for frames that hold one aligned face, as face generators give them; such a frame is looked at
once. In any other frame it searches with windows of several sizes. That takes about a second on a CPU, and
finds faces of at least about a quarter of the frame's shorter side that stand roughly upright, one or
several, but not one that covers half of another. For photographs of any kind take the precise detector.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from faces.landmark_network import load_landmark_network
from faces.landmarks import Face, as_rgb, eye_distance, largest_first, shaped_like_a_face
from faces.view import View, look, view_of, whole_frame

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"

# A face is one from this score on; windows, of which there are many, must be surer.
FACE_SCORE, WINDOW_SCORE = 0.8, 0.9

# Sides of the search windows as shares of the frame's shorter side, and their stride as a share of their own.
WINDOW_SIDES, WINDOW_STRIDE = (1.0, 0.7, 0.5, 0.36), 0.25

# A frame is shrunk to about this shorter side for the search, px.
FINEST = 320

# Two finds are the same face when this much of the smaller one's box lies in the other's.
SAME_FACE = 0.5

# Landmarks of two looks at one face are this near to each other, in eye distances.
SAME_LANDMARKS = 0.15


@dataclasses.dataclass(frozen=True)
class BundledDetector:
    """Finds faces with a landmark network of our own."""

    network: nn.Module
    metadata: dict[str, str]
    name: str = "bundled"

    @classmethod
    def load(cls, path: Path | None = None, device: torch.device | str = "cpu") -> "BundledDetector":
        """Read the network, by default the one that comes with the repository.

        Raises:
            LandmarkFileError: if the file is missing or broken.
        """
        network, metadata = load_landmark_network(path or CHECKPOINTS / "landmarks.safetensors", device)
        return cls(network, metadata)

    def detect(self, rgb: NDArray[Any]) -> list[Face]:
        """Find the faces of a frame, largest first.

        Args:
            rgb: uint8 [H, W, 3]; a grey frame or one with alpha is taken too.
        """
        frame = self._frame(rgb)
        height, width = frame.shape[-2:]
        if height == width:
            (face,) = self._read(frame, [whole_frame(height, width)], height, width)
            stands_aligned = view_of(face.landmarks, height, width).covers(height, width)
            if stands_aligned and face.score >= FACE_SCORE and shaped_like_a_face(face.landmarks):
                return [face]
        return largest_first(self._search(frame))

    def glance(self, rgb: NDArray[Any]) -> bool:
        """Look once, at the frame as a whole, and say whether it seems to show a face.

        Quick, where `detect` searches for long if there is none; blind to faces that do not fill the frame.

        Args:
            rgb: uint8 [H, W, 3]; a grey frame or one with alpha is taken too.
        """
        face = self.read(rgb)
        return face.score >= FACE_SCORE and shaped_like_a_face(face.landmarks)

    def read(self, rgb: NDArray[Any]) -> Face:
        """Read the face that fills a frame, at one look, whatever its score.

        Args:
            rgb: uint8 [H, W, 3]; a grey frame or one with alpha is taken too.
        """
        frame = self._frame(rgb)
        height, width = frame.shape[-2:]
        return self._read(frame, [whole_frame(height, width)], height, width)[0]

    # ----------------------------------------------------------------------------
    # Looking.

    def _frame(self, rgb: NDArray[Any]) -> Tensor:
        """Put a frame [H, W, 3] where the network is: [1, 3, H, W], -1..1."""
        device = next(self.network.parameters()).device
        return torch.tensor(as_rgb(rgb), device=device).permute(2, 0, 1)[None].float() / 127.5 - 1

    @torch.no_grad()
    def _read(self, frame: Tensor, views: list[View], height: int, width: int) -> list[Face]:
        """Read a face, whatever its score, through each view of a frame of this height and width."""
        faces = []
        for start in range(0, len(views), 16):
            batch = views[start : start + 16]
            reading = self.network(torch.cat([look(frame, view, height, width) for view in batch]))
            scores = reading.score.sigmoid().tolist()
            for view, landmarks, score in zip(batch, reading.landmarks, scores, strict=True):
                faces.append(Face(view.to_frame(landmarks).cpu().numpy(), score))
        return faces

    def _look_again(self, frame: Tensor, face: Face) -> Face:
        """Look at a face through a view that puts it where an aligned one stands."""
        height, width = frame.shape[-2:]
        view = view_of(face.landmarks, height, width)
        return face if view.covers(height, width) else self._read(frame, [view], height, width)[0]

    def _search(self, frame: Tensor) -> list[Face]:
        """Look through windows of several sizes, and keep what still is a face when it is looked at again."""
        height, width = frame.shape[-2:]
        coarse = F.avg_pool2d(frame, max(1, min(height, width) // FINEST))
        found = [
            face for views in _windows(height, width) for face in self._read(coarse, views, height, width)
        ]
        pairs = [(face, self._look_again(frame, face)) for face in _distinct(found)]
        return _distinct([again for face, again in pairs if agree(face, again)])


def _distinct(faces: list[Face]) -> list[Face]:
    """Keep the surest face of each place, if it is sure enough."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda each: -each.score):
        sure = face.score >= WINDOW_SCORE and shaped_like_a_face(face.landmarks)
        if sure and all(overlap(face, other) < SAME_FACE for other in kept):
            kept.append(face)
    return kept


def _windows(height: int, width: int) -> list[list[View]]:
    """List the search windows, one list a size, so that they cover the frame to its borders."""
    sizes = []
    for share in WINDOW_SIDES:
        side = share * min(height, width)
        lefts, tops = (
            np.linspace(0, length - side, 1 + int(np.ceil((length - side) / (WINDOW_STRIDE * side))))
            for length in (width, height)
        )
        sizes.append([View(float(left), float(top), side) for top in tops for left in lefts])
    return sizes


def agree(first: Face, again: Face) -> bool:
    """Tell whether two looks at a place saw the same face: into what is none, each look draws another."""
    apart = np.linalg.norm(again.landmarks - first.landmarks, axis=1).mean()
    return bool(apart < SAME_LANDMARKS * eye_distance(again.landmarks))


def overlap(a: Face, b: Face) -> float:
    """Measure the share of the smaller face's box that lies in the other's."""
    left, top = max(a.box[0], b.box[0]), max(a.box[1], b.box[1])
    right, bottom = min(a.box[2], b.box[2]), min(a.box[3], b.box[3])
    common = max(right - left, 0.0) * max(bottom - top, 0.0)
    return common / max(min(a.area, b.area), 1e-9)
