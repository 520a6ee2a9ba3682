"""How many faces of a photograph are found, by their size and turn.

python -m tools.measure_face_search [FOLDER]

Pictures of faces with known landmarks (a folder with images/NNNN.jpg and landmarks68.npz) are pasted at
random places of larger pictures, 1600 × 1200 px, and looked for. A face counts as found if its landmarks are
there, to 0.15 eye distances on average.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from faces.bundled import BundledDetector
from faces.landmarks import eye_distance
from faces.photograph import find_faces

FACES = Path(__file__).parents[2] / "shared" / "faces"
SIZE = (1600, 1200)
FOUND = 0.15
CASES = (
    (900, 0),
    (500, 0),
    (250, 0),
    (120, 0),
    (80, 0),
    (60, 0),
    (45, 0),
    (250, 30),
    (250, -60),
    (250, 90),
    (250, 180),
)


@dataclass
class Tally:
    """Of one size and turn: faces there, found, found where none is; error in eye distances; seconds."""

    there: int = 0
    found: int = 0
    wrong: int = 0
    error: float = 0.0
    seconds: float = 0.0


def measure(side: int, degrees: float, scenes: int = 3, folder: Path = FACES, seed: int = 5) -> Tally:
    """Paste faces of a side, px, and a turn, degrees, into scenes, and look for them."""
    detector, rng, tally = BundledDetector.load(), np.random.default_rng(seed), Tally()
    errors = []
    for _ in range(scenes):
        picture, truth = make_scene(rng, side, degrees, folder)
        began = time.process_time()
        faces = find_faces(picture, detector).faces
        tally.seconds += (time.process_time() - began) / scenes
        tally.there += len(truth)
        for landmarks in truth:
            apart = [np.linalg.norm(face.landmarks - landmarks, axis=1).mean() for face in faces]
            nearest = min(apart, default=np.inf) / eye_distance(landmarks)
            if nearest < FOUND:
                errors.append(nearest)
        tally.wrong += len(faces)
    tally.found = len(errors)
    tally.wrong -= tally.found
    tally.error = float(np.mean(errors)) if errors else np.nan
    return tally


def make_scene(
    rng: np.random.Generator, side: int, degrees: float, folder: Path
) -> tuple[NDArray[np.uint8], list[NDArray[np.float64]]]:
    """Paste up to eight faces into soft colours; give the picture and the landmarks [68, 2] of each."""
    known = np.load(folder / "landmarks68.npz")["landmarks"]
    width, height = SIZE
    colours = rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)
    picture = Image.fromarray(colours).resize(SIZE, Image.Resampling.BICUBIC)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    truth: list[NDArray[np.float64]] = []
    centres: list[NDArray[np.float64]] = []
    for _ in range(8 if side < 200 else 6 if side < 400 else 4 if side < 600 else 1):
        number = int(rng.integers(804, 904))
        face = Image.open(folder / "images" / f"{number + 1:04d}.jpg").resize((side, side))
        shape = Image.new("L", face.size, 255).rotate(-degrees, expand=True)
        face = face.rotate(-degrees, expand=True, resample=Image.Resampling.BICUBIC)
        left, top = int(rng.integers(0, width - face.width)), int(rng.integers(0, height - face.height))
        centre = np.array([left + face.width / 2, top + face.height / 2])
        if any(np.hypot(*(centre - other)) < 1.2 * side for other in centres):
            continue
        picture.paste(face, (left, top), shape)
        centres.append(centre)
        truth.append((known[number] - 0.5) * side @ turn.T + centre - 0.5)
    return np.asarray(picture), truth


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True), default=FACES)
def main(folder: Path) -> None:
    """Print the table."""
    click.echo("side px  turn  found     wrong  error (eye distances)  CPU s")
    for side, degrees in CASES:
        tally = measure(side, degrees, folder=folder)
        share = f"{tally.found}/{tally.there}"
        click.echo(
            f"{side:7d} {degrees:4d}°  {share:8s} {tally.wrong:5d}  {tally.error:.3f} {tally.seconds:21.1f}"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
