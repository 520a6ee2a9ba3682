"""A generator whose eyes are a stripe, and a landmark network that reads it: small, quick, known through."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from drag.types import Cut, Parts
from faces.adjust import Adjustment
from faces.bundled import BundledDetector
from faces.landmark_network import LandmarkReading
from headless.session import EditSession
from training.portraits import FACTORS, factors_from_scores, render

SIZE = 64
EYE_ROWS, EYE_COLUMNS = slice(29, 35), slice(20, 44)


def average_landmarks() -> Tensor:
    """Landmarks of the average portrait [68, 2], in 0..1 of the side."""
    portrait = render(factors_from_scores(torch.zeros(1, len(FACTORS))), SIZE)
    return (portrait.landmarks[0].float() + 0.5) / SIZE


class Taps(NamedTuple):
    features: Tensor | None
    rgb: Tensor | None
    margin: int = 0
    cut: Parts | None = None


class StripedGenerator:
    """Component 0 of w is how bright the stripe of the eyes is; component 1 the rest of the picture."""

    num_ws, w_dim, z_dim, num_blocks = 4, 8, 8, 3
    c_dim = 0
    image_size = (SIZE, SIZE)
    source_sha256 = "cd" * 32

    def __init__(self, metadata: Mapping[str, str] | None = None, broken: bool = False) -> None:
        self.metadata = {"title": "Stripes", "detector": "bundled", **(metadata or {})}
        self.broken = broken

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        return []

    def parameters(self) -> Iterable[Tensor]:
        return [torch.zeros(1)]

    def mapping(
        self, z: Tensor, c: Tensor, truncation_psi: float = 1.0, truncation_cutoff: int | None = None
    ) -> Tensor:
        w = 0.1 * truncation_psi * z
        # Every picture starts with open eyes; that eyes differ is seen in a sample of many.
        w[:, 0] = 0.3 + (0.0 if len(z) == 1 else 4.0) * z[:, 0]
        return w[:, None].repeat(1, self.num_ws, 1)

    def synthesis(self, ws: Tensor, noise_mode: str = "const") -> Tensor:
        w = ws.mean(dim=1)
        eyes = torch.zeros(SIZE, SIZE)
        eyes[EYE_ROWS, EYE_COLUMNS] = 1
        shade = torch.linspace(-0.3, 0.3, SIZE)[None, None, :]
        bright, rest = torch.tanh(w[:, 0, None, None]), torch.tanh(w[:, 1, None, None])
        picture = eyes * bright + (1 - eyes) * (rest + shade)
        picture = picture * float("nan") if self.broken else picture
        return picture[:, None].expand(-1, 3, -1, -1)

    def taps(
        self,
        ws: Tensor,
        feature_block: int | None = None,
        rgb_resolution: int | None = None,
        noise_mode: str = "const",
        cut: Cut | None = None,
    ) -> Taps:
        picture = self.synthesis(ws)
        features = None if feature_block is None else F.avg_pool2d(picture, 2)
        rgb = None if rgb_resolution is None else F.interpolate(picture, size=rgb_resolution, mode="area")
        return Taps(features, rgb)


class StripeReader(nn.Module):
    """Sees the average face; its eyes are as open as the stripe is bright. `faces` False: it sees none."""

    def __init__(self, faces: bool = True) -> None:
        super().__init__()
        self.register_buffer("face", average_landmarks())
        self.nothing = nn.Parameter(torch.zeros(1))
        self.faces = faces

    def forward(self, rgb: Tensor) -> LandmarkReading:
        side = rgb.shape[-1]
        rows = slice(EYE_ROWS.start * side // SIZE + 2, EYE_ROWS.stop * side // SIZE - 2)
        bright = rgb[:, :, rows, side // 4 : side * 3 // 4].mean(dim=(1, 2, 3))
        opening = torch.sigmoid(6 * bright)[:, None, None]
        landmarks = self.face[None].repeat(len(rgb), 1, 1)  # type: ignore[index]
        upper, lower = landmarks[:, [37, 38, 43, 44]], landmarks[:, [41, 40, 47, 46]]
        landmarks[:, [37, 38, 43, 44]] = lower + opening * (upper - lower)
        score = rgb.new_full((len(rgb),), 9.0 if self.faces else -9.0)
        return LandmarkReading(landmarks, score, rgb.new_zeros(len(rgb), 68))


class Choice(NamedTuple):
    detector: Any
    note: str = ""


class SmallSteps(EditSession):
    """Gets to its aim in many small steps, so that there is a middle to be stopped in."""

    def plan(self, *given: Any, **named: Any) -> Adjustment:
        planned = super().plan(*given, **named)
        return replace(planned, config=replace(planned.config, step_rule="adam", step_size=0.02))


def striped_session(
    faces: bool = True,
    broken: bool = False,
    note: str = "",
    remarks: Any = None,
    kind: type[EditSession] = EditSession,
) -> EditSession:
    """Open a session on the stripes."""
    detector = BundledDetector(StripeReader(faces).eval(), {})
    return kind(
        StripedGenerator(broken=broken),
        Path("stripes.safetensors"),
        lambda metadata, wish: Choice(detector, note),
        remarks or (lambda text: None),
    )


def brightness(picture: np.ndarray) -> float:
    """Measure the stripe of the eyes, 0..255."""
    return float(picture[EYE_ROWS, EYE_COLUMNS].mean())
