"""Measure inversion: `python -m tools.measure_photos`; tables, a curve and grids under out/photos.

Every picture is brought in at several budgets, with and without W+ and tuning. Each result is measured twice:
how like the photograph it is, and what the five expressions do to it afterwards.
"""

import json
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from dnnlib.files import atomic_write, writable_folder
from dnnlib.pictures import save_png
from drag.latent import directions_of
from faces.landmark_pull import LandmarkPull, landmark_features
from tools.photo_material import Photo, material
from tools.photo_measures import Edit, Judges, Likeness
from tools.photo_report import curve, distance_table, result_table
from training.checkpoint import load_generator
from training.distances import Distance, FeatureDistance, PixelDistance, PyramidDistance, StructureDistance
from training.encoder import find_encoder, load_encoder
from training.latent_space import sample_w
from training.projection_stages import draw
from training.projection_step import as_pixels
from training.projector import ProjectorConfig, Term, project
from training.tuned import with_weights

log = logging.getLogger(__name__)

CHECKPOINT = Path(__file__).resolve().parent.parent / "checkpoints" / "portraits-256.safetensors"


@dataclass(frozen=True)
class Way:
    """One way to bring a picture in: where it goes on from, and the steps of its own stage."""

    name: str
    after: str
    steps: tuple[int, int, int]


START = "start"
WAYS = (
    Way(START, "", (0, 0, 0)),
    Way("W 60", START, (60, 0, 0)),
    Way("W 60, W+ 40", "W 60", (0, 40, 0)),
    Way("W 60, tuning 40", "W 60", (0, 0, 40)),
    Way("W 60, W+ 40, tuning 40", "W 60, W+ 40", (0, 0, 40)),
    Way("W 200", START, (200, 0, 0)),
    Way("W 200, W+ 120", "W 200", (0, 120, 0)),
    Way("W 200, W+ 120, tuning 120", "W 200, W+ 120", (0, 0, 120)),
)


@dataclass(frozen=True)
class Result:
    """What one way made of one photograph."""

    photo: str
    kind: str
    way: str
    likeness: Likeness
    shares: dict[str, float | None]
    drifts: dict[str, float]
    seconds: float  # Of the processor, from the start on.


class Bench:
    """The generator, the judges and everything else that is the same for all photographs."""

    def __init__(self, network: Path, encoder: Path | None) -> None:
        self.generator: Any = load_generator(network)
        self.encoder = load_encoder(encoder)[0] if encoder else find_encoder(self.generator)
        self.judges = Judges()
        self.directions = directions_of(sample_w(self.generator, 1000, 0))

    def terms(self, photo: Photo, weight: float) -> tuple[list[Term], Any]:
        """Pull on the landmarks, as the fronts do."""
        like = LandmarkPull(self.judges.bundled.network, photo.picture)
        return [Term(lambda rgb: weight * like.loss(rgb), like.side)], lambda rgb: weight * like.score(rgb)

    def invert(
        self, photo: Photo, config: ProjectorConfig, weight: float, start: Tensor | None, distance: Distance
    ) -> tuple[Tensor, Any, np.ndarray, float]:
        """Give w, the generator that draws it, its picture, and the processor seconds that it took."""
        began = time.process_time()
        terms, score = self.terms(photo, weight) if weight > 0 else ([], None)
        steps = project(
            self.generator, photo.picture, config, start,
            distance=distance, terms=terms, encoder=self.encoder, score=score,
        )  # fmt: skip
        *_, last = steps
        return last.w, last.generator, last.frame(), time.process_time() - began


def measure(
    bench: Bench, photo: Photo, way: Way, notes: "Notes", weight: float, edits: bool
) -> tuple[Result, Tensor, list[np.ndarray]]:
    """Bring one photograph in on one way, going on from the w and the seconds of the way before.

    Returns:
        what was measured, w, and the frame with that of each edit.
    """
    w_steps, plus_steps, tuning_steps = way.steps
    config = ProjectorConfig(w_steps=w_steps, plus_steps=plus_steps, tuning_steps=tuning_steps, patience=5000)
    start, spent = notes.state(photo, way.after)
    brought = notes.brought(photo, way)
    if not brought.is_file():  # Noted at once: what follows takes as long again.
        w, tuned, _, seconds = bench.invert(photo, config, weight, start, StructureDistance())
        weights = {} if tuned is bench.generator else tuned.state_dict()
        torch.save({"w": w, "weights": weights, "seconds": seconds}, brought)
    kept = torch.load(brought, weights_only=True)
    w, seconds, weights = kept["w"], kept["seconds"], kept["weights"]
    own = {name: weights[name] for name, _ in bench.generator.named_parameters() if name in weights}
    generator = with_weights(bench.generator, own) if own else bench.generator
    with torch.no_grad():
        frame = as_pixels(draw(generator, w[None]))
    found: list[Edit] = bench.judges.edits(photo, generator, w, bench.directions) if edits else []
    result = Result(
        photo.name,
        photo.kind,
        way.name,
        bench.judges.likeness(photo, frame, w, bench.generator),
        {edit.expression: edit.share for edit in found},
        {edit.expression: edit.drift for edit in found},
        spent + seconds,
    )
    return result, w, [frame, *(edit.after for edit in found)]


class Notes:
    """What was measured so far, in a folder: a run that was stopped goes on where it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "photos.json"
        told = json.loads(self.file.read_text(encoding="utf-8")) if self.file.is_file() else []
        self.results = [Result(**{**one, "likeness": Likeness(**one["likeness"])}) for one in told]

    def find(self, photo: Photo, way: str) -> Result | None:
        """Find what was measured already."""
        return next((one for one in self.results if (one.photo, one.way) == (photo.name, way)), None)

    def add(self, result: Result, w: Tensor, row: list[np.ndarray]) -> None:
        """Note what was measured, the w that came of it, and the pictures."""
        self.results.append(result)
        np.save(self._path(result.photo, result.way, ".npy"), w.numpy())
        save_png(self._path(result.photo, result.way, ".png"), np.concatenate(row, axis=1))
        with atomic_write(self.file) as temporary:
            temporary.write_text(
                json.dumps([asdict(one) for one in self.results], indent=1), encoding="utf-8"
            )

    def state(self, photo: Photo, way: str) -> tuple[Tensor | None, float]:
        """Give the w of a way, and the processor seconds that it took; nothing of none."""
        found = self.find(photo, way)
        if found is None:
            return None, 0.0
        return torch.from_numpy(np.load(self._path(photo.name, way, ".npy"))), found.seconds

    def brought(self, photo: Photo, way: Way) -> Path:
        """Say where a result waits to be measured."""
        return self._path(photo.name, way.name, ".pt")

    def _path(self, photo: str, way: str, ending: str) -> Path:
        words = f"{photo}_{way}".replace(",", "").replace("+", "plus").replace(" ", "_")
        return self.folder / (words + ending)


def compare_distances(bench: Bench, photo: Photo, steps: int) -> dict[str, tuple[Likeness, float]]:
    """Bring one photograph into W by each distance, from the same start and with the same steps."""
    network: Any = bench.judges.bundled.network
    features = FeatureDistance(landmark_features(network))
    chosen: dict[str, tuple[Distance, float]] = {
        "pixels (mean square)": (PixelDistance(), 0.0),
        "pyramid": (PyramidDistance(), 0.0),
        "structure (pyramid and MS-SSIM)": (StructureDistance(), 0.0),
        "landmark network's features": (features, 0.0),
        "structure and landmarks": (StructureDistance(), 1.0),
    }
    found = {}
    for name, (distance, weight) in chosen.items():
        config = ProjectorConfig(w_steps=steps, plus_steps=0, tuning_steps=0, patience=5000)
        w, generator, frame, seconds = bench.invert(photo, config, weight, None, distance)
        found[name] = bench.judges.likeness(photo, frame, w, generator), seconds
    return found


@click.command()
@click.option("--network", type=click.Path(path_type=Path), default=CHECKPOINT)
@click.option("--encoder", type=click.Path(path_type=Path), help="An encoder not yet bundled.")
@click.option("--own", default=2, show_default=True, help="Frames of the generator itself.")
@click.option("--drawn", default=2, show_default=True, help="Drawn portraits of known factors.")
@click.option("--faces", default=3, show_default=True, help="Faces of ../shared/faces.")
@click.option("--part", type=click.Choice(["budgets", "distances"]), default="budgets", show_default=True)
@click.option("--steps", default=45, show_default=True, help="Into W, where distances are compared.")
@click.option("--landmarks", default=1.0, show_default=True, help="What the landmarks count; 0 is nothing.")
@click.option(
    "--way", "ways", multiple=True, type=click.Choice([way.name for way in WAYS]), help="By default all."
)
@click.option("--edits/--no-edits", default=True, help="Do the five expressions too.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/photos"), show_default=True)
def main(
    network: Path,
    encoder: Path | None,
    own: int,
    drawn: int,
    faces: int,
    part: str,
    steps: int,
    landmarks: float,
    ways: tuple[str, ...],
    edits: bool,
    out: Path,
) -> None:
    """Measure inversion at several budgets, or by several distances."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = writable_folder(out)
    bench = Bench(network, encoder)
    photos = material(bench.generator, own, drawn, faces)
    if part == "distances":
        compared = [
            (photo.kind, compare_distances(bench, photo, steps)) for photo in tqdm(photos, unit="photo")
        ]
        log.info("%s", distance_table(compared))
        return
    notes = Notes(folder)
    chosen = [way for way in WAYS if not ways or way.name in ways]
    todo = [(photo, way) for photo in photos for way in chosen]
    for photo, way in tqdm(todo, unit="way"):
        if notes.find(photo, way.name) is None:
            if way.after and notes.find(photo, way.after) is None:
                raise click.UsageError(f"{way.name!r} goes on from {way.after!r}, which is not measured yet")
            notes.add(*measure(bench, photo, way, notes, landmarks, edits))
            notes.brought(photo, way).unlink()
    log.info("%s", result_table(notes.results))
    curve(notes.results, folder / "photos_curve.png")


if __name__ == "__main__":
    main()
