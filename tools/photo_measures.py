"""How well a picture was brought into a generator: how like it is, and whether it can still be edited."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from drag.engine import drag
from faces.adjust import plan
from faces.bundled import BundledDetector
from faces.landmark_network import LandmarkNetwork
from faces.landmark_pull import landmark_features
from faces.landmarks import eye_distance
from faces.report import report
from tools.photo_material import Photo
from training.distances import FeatureDistance, structural_similarity
from training.portraits.factors import FACTORS
from training.projection_stages import draw
from training.projection_step import as_pixels

Picture = npt.NDArray[np.uint8]
CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
FIVE = ("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face")
# Fewer px than this between what is and what is asked cannot be told apart.
_NOTHING = 1.0


@dataclass(frozen=True)
class Likeness:
    """How like the photograph a picture is.

    Attributes:
        mse: mean square error, of values 0..1.
        psnr: the same in dB.
        ssim: of the grey pictures, at full size.
        features: distance of the landmark network's features; stands in for LPIPS.
        landmarks: mean distance of landmarks, in % of the distance of the eyes; NaN where no face is found.
        factors: root mean square error of the portrait's factors, in standard deviations; NaN if unknown.
    """

    mse: float
    psnr: float
    ssim: float
    features: float
    landmarks: float
    factors: float


@dataclass(frozen=True)
class Edit:
    """One expression after inversion: the share of the way that was gone, and what changed elsewhere, 0..255.

    `share` is None where there was nothing to do, and 0 where no face was found afterwards.
    """

    expression: str
    share: float | None
    drift: float
    after: Picture


class Judges:
    """The detectors that measure: the bundled one, which guides too, and the judge of drawn portraits."""

    def __init__(self) -> None:
        self.bundled = BundledDetector.load()
        self.judge = BundledDetector.load(CHECKPOINTS / "judge.safetensors")
        network = self.bundled.network
        assert isinstance(network, LandmarkNetwork)
        self.features = FeatureDistance(landmark_features(network))

    def reader(self, photo: Photo) -> BundledDetector:
        """Say who reads the landmarks of a picture: the judge knows drawn portraits alone."""
        return self.bundled if photo.kind == "face" else self.judge

    @torch.no_grad()
    def likeness(self, photo: Photo, picture: Picture, w: Tensor, generator: Any) -> Likeness:
        """Compare a picture with its photograph."""
        first, second = (_as_rgb(one) for one in (photo.picture, picture))
        mse = float((first - second).square().mean()) / 4
        grey = [one.mean(dim=1, keepdim=True) for one in (first, second)]
        wanted = photo.landmarks
        if wanted is None:
            wanted = _landmarks(self.judge, photo.picture)
        found = _landmarks(self.reader(photo), picture)
        apart = float("nan")
        if wanted is not None and found is not None:
            apart = 100 * float(np.linalg.norm(found - wanted, axis=1).mean()) / eye_distance(wanted)
        factors = float("nan")
        if photo.scores is not None:
            own = scores_of(generator, w.mean(dim=0, keepdim=True))[0]
            factors = float((own - photo.scores)[: len(FACTORS)].square().mean().sqrt())
        return Likeness(
            mse,
            float(-10 * np.log10(max(mse, 1e-10))),
            float(structural_similarity(grey[0], grey[1])),
            float(self.features(first)(second)),
            apart,
            factors,
        )

    def edits(self, photo: Photo, generator: Any, w: Tensor, directions: Tensor) -> list[Edit]:
        """Do the five expressions on a picture that was brought in, each from there, and measure them."""
        with torch.no_grad():
            first = as_pixels(draw(generator, w[None]))
        faces = self.bundled.detect(first)
        if not faces:
            return [Edit(key, 0.0, 0.0, first) for key in FIVE]
        reader = self.reader(photo)
        before = _landmarks(reader, first)
        edits = []
        for key in FIVE:
            adjustment = plan(key, 1.0, faces[0].landmarks, generator.image_size, self.bundled)
            *_, last = drag(
                generator, w, adjustment.request, adjustment.config, adjustment.guides, directions
            )
            after = last.frame()
            start = faces[0].landmarks if before is None else before
            told = report(adjustment, start, _landmarks(reader, after), first, after)
            share = None if abs(told.before - told.asked) < _NOTHING else (told.share or 0.0)
            edits.append(Edit(key, share, told.drift_outside_mask, after))
        return edits


def scores_of(generator: Any, w: Tensor) -> Tensor:
    """Read the scores of a portrait's factors from w [N, w_dim]: the inverse of the demo's linear mapping."""
    dense = generator.mapping.fc0
    matrix = (dense.weight * dense.weight_gain).double()
    return torch.linalg.solve(matrix, (w - dense.bias).double().t()).t().float()


def _landmarks(detector: BundledDetector, picture: Picture) -> npt.NDArray[np.float32] | None:
    faces = detector.detect(picture) if detector.glance(picture) else []
    return faces[0].landmarks if faces else None


def _as_rgb(picture: Picture) -> Tensor:
    return torch.tensor(picture).permute(2, 0, 1)[None].float() / 127.5 - 1
