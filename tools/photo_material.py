"""What inversion is measured on: the generator's own frames, drawn portraits of known factors, made faces."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from training.portraits import factors_from_scores, normalise_latent, render
from training.projection_stages import draw
from training.projection_step import as_pixels

FACES = Path(__file__).resolve().parent.parent.parent / "shared" / "faces"
PSI = 0.7
OWN_SEED, DRAWN_SEED = 3000, 4000
KINDS = ("own", "drawn", "face")


@dataclass(frozen=True, eq=False)
class Photo:
    """One picture to be inverted.

    Attributes:
        name: e.g. "drawn 4001".
        kind: "own", "drawn" or "face".
        picture: uint8 [H, W, 3], aligned.
        scores: [64], the scores of the portrait's factors, where it is a portrait.
        landmarks: [68, 2] (x, y) px where they are known for certain, else None.
    """

    name: str
    kind: str
    picture: npt.NDArray[np.uint8]
    scores: Tensor | None = None
    landmarks: npt.NDArray[np.float32] | None = None


def material(generator: Any, own: int, drawn: int, faces: int) -> list[Photo]:
    """Gather pictures of each kind; faces only where their folder is."""
    return [*own_frames(generator, own), *drawn_portraits(drawn), *made_faces(faces)]


def own_frames(generator: Any, count: int) -> Iterator[Photo]:
    """Draw frames of the generator itself."""
    for seed in range(OWN_SEED, OWN_SEED + count):
        scores = PSI * normalise_latent(_latent(seed))
        with torch.no_grad():
            rgb = draw(generator, generator.mapping(_latent(seed), truncation_psi=PSI))
        yield Photo(f"own {seed}", "own", as_pixels(rgb), scores[0])


def drawn_portraits(count: int) -> Iterator[Photo]:
    """Draw portraits by the renderer, which the generator only resembles."""
    for seed in range(DRAWN_SEED, DRAWN_SEED + count):
        scores = PSI * normalise_latent(_latent(seed))
        portrait = render(factors_from_scores(scores), 256)
        yield Photo(
            f"drawn {seed}", "drawn", as_pixels(portrait.image), scores[0], portrait.landmarks[0].numpy()
        )


def made_faces(count: int) -> Iterator[Photo]:
    """Read faces of the validation part of ../shared/faces, evenly spread."""
    if count == 0 or not (FACES / "landmarks68.npz").is_file():
        return
    with np.load(FACES / "landmarks68.npz") as table:
        rows = np.flatnonzero(table["split"] == "val")
        rows = rows[np.linspace(0, len(rows) - 1, count).round().astype(int)]
        for row in rows:
            number = int(table["ids"][row])
            with Image.open(FACES / "images" / f"{number:04d}.jpg") as file:
                picture = np.array(file.convert("RGB"))
            landmarks = table["landmarks"][row] * picture.shape[0] - 0.5
            yield Photo(f"face {number}", "face", picture, None, landmarks.astype(np.float32))


def _latent(seed: int) -> Tensor:
    return torch.from_numpy(np.random.RandomState(seed).randn(1, 64)).float()
