"""What an evaluation needs in each of its processes: a checkpoint, detectors, and the two kinds of trials."""

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from drag.config import DragConfig
from drag.latent import directions_of
from faces import pairs, trials
from faces.bundled import CHECKPOINTS, BundledDetector
from faces.choose import choose_detector
from faces.landmark_network import LandmarkFileError, LandmarkNetwork
from faces.landmarks import Face, LandmarkDetector, Picture
from faces.likeness import unlikeness
from faces.pairs import PairTrial
from faces.trials import ExpressionTrial

# The judge of drawn portraits; on other networks the detector in use judges its own guide.
JUDGE = CHECKPOINTS / "judge.safetensors"
SPREAD_SAMPLES = 1000

# Opens a checkpoint: a generator with its mapping and metadata.
Load = Callable[[Path], Any]


@dataclasses.dataclass(frozen=True)
class Settings:
    """What every trial of a file has in common."""

    network: str
    psi: float
    first_seed: int
    max_steps: int
    masked: bool
    detector: str
    device: str


class Bench(NamedTuple):
    """A checkpoint, what looks at its faces, and how its w spreads."""

    generator: Any
    detector: LandmarkDetector
    judge: LandmarkDetector
    sight: LandmarkNetwork
    directions: Tensor


@functools.cache
def bench(settings: Settings, load: Load) -> Bench:
    """Open a checkpoint, once in each process.

    Raises:
        EditorError: if the checkpoint or a detector cannot be opened.
    """
    torch.set_num_threads(1)
    generator: Any = load(Path(settings.network)).to(settings.device)
    found = choose_detector(generator.metadata, settings.device, settings.detector)
    drawn = generator.metadata.get("detector") == "bundled" and JUDGE.is_file()
    judge = BundledDetector.load(JUDGE, settings.device) if drawn else found.detector
    sight = BundledDetector.load(device=settings.device).network
    if not isinstance(sight, LandmarkNetwork):
        raise LandmarkFileError("checkpoints/landmarks.safetensors: an hourglass network was expected")
    spread = _map(generator, np.random.RandomState(0).randn(SPREAD_SAMPLES, generator.z_dim), 1.0, settings)
    return Bench(generator, found.detector, judge, sight, directions_of(spread[:, 0]))


def _map(generator: Any, z: Any, psi: float, settings: Settings) -> Tensor:
    """Find the w [N, num_ws, w_dim] of z; of a network with classes, the first class is taken."""
    c = torch.zeros(len(z), generator.c_dim, device=settings.device)
    c[:, :1] = 1
    with torch.no_grad():
        w: Tensor = generator.mapping(torch.from_numpy(z).float().to(settings.device), c, truncation_psi=psi)
    return w


def _face(settings: Settings, tools: Bench, seed: int) -> tuple[Tensor, Picture, Face | None]:
    """Make the face of a seed and look at it."""
    z = np.random.RandomState(seed).randn(1, tools.generator.z_dim)
    w = _map(tools.generator, z, settings.psi, settings)[0]
    picture = pairs.draw(tools.generator.synthesis, w)
    faces = tools.detector.detect(picture)
    return w, picture, faces[0] if faces else None


def run_pair(
    settings: Settings, load: Load, pair: int, points: tuple[int, ...], engines: tuple[str, ...]
) -> list[PairTrial]:
    """Drag one pair of seeds in every case by every engine; nothing if a face is not found."""
    tools = bench(settings, load)
    (w, _, first), (_, _, second) = (
        _face(settings, tools, settings.first_seed + 2 * pair + i) for i in (0, 1)
    )
    if first is None or second is None:
        return []
    found = []
    for count in points:
        for engine in engines:
            config = dataclasses.replace(DragConfig.named(engine), max_steps=settings.max_steps)
            marks = (first.landmarks, second.landmarks)
            figures, _ = pairs.drag_pair(
                tools.generator, w, marks, count, config, tools.detector, tools.directions, settings.masked
            )
            found.append(PairTrial(pair=pair, points=count, engine=engine, **figures))
    return found


def run_seed(
    settings: Settings, load: Load, seed: int, expressions: tuple[str, ...]
) -> list[ExpressionTrial]:
    """Do every expression on one seed; nothing if no face is found."""
    tools = bench(settings, load)
    w, _, face = _face(settings, tools, seed)
    _, other, _ = _face(settings, tools, seed + 1)
    if face is None:
        return []
    found = []
    for key in expressions:
        tried = trials.try_expression(
            tools.generator, w, key, 1.0, face, tools.detector, tools.judge, tools.directions
        )
        mask, first, last = tried.adjustment.mask, tried.states[0].frame(), tried.states[-1].frame()
        another = unlikeness(tools.sight, first, other, mask)
        identity = unlikeness(tools.sight, first, last, mask) / max(another, 1e-9)
        found.append(ExpressionTrial(seed=seed, **trials.figures_of(tried, identity)))
    return found
