"""What the landmark networks learn from: drawn portraits and generated faces.

Pictures wait as uint8 and are distorted on their way out (place, size, turn, colour, blur, noise, a covered
patch), so that a few thousand of them last a whole training.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from dnnlib.errors import EditorError
from faces.landmark_network import INPUT_SIZE
from faces.landmarks import MIRRORED
from training.portraits import Z_DIM, factors_from_latent, render


class PictureSet(NamedTuple):
    """`pictures` [N, 3, S, S] uint8 RGB and their `landmarks` [N, 68, 2] (x, y) in -1..1 of the picture."""

    pictures: Tensor
    landmarks: Tensor


class Sample(NamedTuple):
    """`pictures` [N, 3, 128, 128] in -1..1, `landmarks` [N, 68, 2] (x, y) in 0..1, `is_face` [N] 0 or 1."""

    pictures: Tensor
    landmarks: Tensor
    is_face: Tensor


# ----------------------------------------------------------------------------
# Sources.


def read_faces(folder: Path, split: str) -> PictureSet:
    """Read one split, 'train' or 'val', of a folder of faces with images/ and landmarks68.npz."""
    table = folder / "landmarks68.npz"
    if not table.is_file():
        raise EditorError(f"{folder}: holds no landmarks68.npz; give the folder of faces, or --faces none")
    with np.load(table) as data:
        chosen = np.flatnonzero(data["split"] == split)
        ids, landmarks = data["ids"][chosen], data["landmarks"][chosen]
    pictures = [np.array(Image.open(folder / "images" / f"{i:04d}.jpg").convert("RGB")) for i in ids]
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
    return PictureSet(stacked, torch.from_numpy(landmarks) * 2 - 1)


def draw_portraits(count: int, seed: int, size: int = 192, extremes: bool = True) -> PictureSet:
    """Draw portraits; with `extremes` a third have eyes from shut to wide and mouths from shut to open.

    The renderer seldom shuts an eye or opens a mouth by chance, and it is there that landmarks must be right.
    """
    random = torch.Generator().manual_seed(seed)
    pictures, landmarks = [], []
    for start in range(0, count, 16):
        n = min(16, count - start)
        factors = factors_from_latent(torch.randn(n, Z_DIM, generator=random))
        if extremes:
            for name, low, high in (("eye_open", -0.3, 1.45), ("mouth_open", -0.2, 1.25)):
                evenly = low + (high - low) * torch.rand(n, 1, 1, generator=random)
                swap = torch.rand(n, 1, 1, generator=random) < 1 / 3
                factors[name] = torch.where(swap, evenly.clamp(min=0.0), factors[name])
        portrait = render(factors, size)
        pictures.append(((portrait.image * 0.5 + 0.5) * 255).round().to(torch.uint8))
        landmarks.append((portrait.landmarks.float() + 0.5) / size * 2 - 1)
    return PictureSet(torch.cat(pictures), torch.cat(landmarks))


# ----------------------------------------------------------------------------
# Distortion.


def faces_from(source: PictureSet, count: int, random: torch.Generator) -> Sample:
    """Take `count` pictures at random and distort each in its own way, its landmarks with it."""
    index = torch.randint(len(source.pictures), (count,), generator=random)
    pictures = source.pictures[index].float() / 127.5 - 1
    landmarks = source.landmarks[index]
    mirrored = torch.rand(count, generator=random) < 0.5
    pictures = torch.where(mirrored[:, None, None, None], pictures.flip(3), pictures)
    flipped = landmarks[:, list(MIRRORED)] * torch.tensor([-1.0, 1.0])
    landmarks = torch.where(mirrored[:, None, None], flipped, landmarks)

    # Most faces stay about where an aligned frame has them; a third go further, for other frames.
    far = (torch.rand(count, generator=random) < 0.33).float()
    zoom = torch.exp((0.08 + 0.27 * far) * _normal(count, random) + 0.12 * far)
    turn = (0.08 + 0.2 * far) * _normal(count, random)
    stretch = torch.exp(0.04 * _normal(count, random))
    shift = ((0.04 + 0.12 * far)[:, None]) * torch.randn(count, 2, generator=random)
    matrix = similarity(zoom.clamp(0.6, 1.9), turn, stretch)
    warped = warp(pictures, matrix, shift, random)
    landmarks = torch.linalg.solve(matrix, (landmarks - shift[:, None]).mT).mT * 0.5 + 0.5
    inside = ((landmarks > 0) & (landmarks < 1)).all(2).float().mean(1)
    return Sample(tint(warped, random), landmarks, (inside > 0.85).float())


def _normal(count: int, random: torch.Generator) -> Tensor:
    """Standard normal numbers within two deviations."""
    return torch.randn(count, generator=random).clamp(-2, 2)


def similarity(zoom: Tensor, turn: Tensor, stretch: Tensor) -> Tensor:
    """Matrices [N, 2, 2] from output to input coordinates; a zoom above 1 makes the face smaller."""
    cos, sin = torch.cos(turn), torch.sin(turn)
    x, y = zoom * stretch, zoom / stretch
    return torch.stack([torch.stack([x * cos, -y * sin], 1), torch.stack([x * sin, y * cos], 1)], 1)


def warp(pictures: Tensor, matrix: Tensor, shift: Tensor, random: torch.Generator) -> Tensor:
    """Resample [N, 3, S, S] to [N, 3, 128, 128]; what lies outside is drawn-out border or grey."""
    grid = F.affine_grid(
        torch.cat([matrix, shift[:, :, None]], 2), [len(pictures), 3, INPUT_SIZE, INPUT_SIZE], False
    )
    # The detector shrinks a frame by averaging; a mean over 2 x 2 pixels stands in for that.
    soft = F.avg_pool2d(F.pad(pictures, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
    centre = grid - 1.0 / pictures.shape[-1]
    fill = ("border", "zeros")[int(torch.randint(2, (), generator=random))]
    return F.grid_sample(soft, centre, mode="bilinear", padding_mode=fill, align_corners=False)


def tint(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Change light, contrast, colour and sharpness, and cover a patch of some."""
    n = len(pictures)

    def some(share: float) -> Tensor:
        return (torch.rand(n, 1, 1, 1, generator=random) < share).float()

    def normal(channels: int = 1) -> Tensor:
        return torch.randn(n, channels, 1, 1, generator=random)

    grey = pictures.mean(1, keepdim=True)
    saturation = (1 + 0.25 * normal()).clamp(0, 2) * (1 - some(0.08))
    pictures = grey + (pictures - grey) * saturation
    pictures = pictures * torch.exp(0.2 * normal() + 0.05 * normal(3)) + 0.12 * normal() + 0.04 * normal(3)

    small = int(torch.randint(48, 112, (), generator=random))
    blurred = F.interpolate(pictures, size=(small, small), mode="area")
    blurred = F.interpolate(blurred, size=pictures.shape[-2:], mode="bilinear")
    pictures = torch.lerp(pictures, blurred, some(0.25))
    noise = torch.randn(pictures.shape, generator=random)
    pictures = pictures + 0.05 * noise * some(0.3) * torch.rand(n, 1, 1, 1, generator=random)

    rows = torch.linspace(0, 1, pictures.shape[-1])
    centre, half = torch.rand(n, 2, 1, generator=random), 0.04 + 0.1 * torch.rand(n, 2, 1, generator=random)
    inside = ((rows - centre).abs() < half).float()
    patch = (inside[:, 0, :, None] * inside[:, 1, None, :])[:, None] * some(0.15)
    return torch.lerp(pictures, normal(3).clamp(-1, 1).expand_as(pictures), patch).clamp(-1, 1)


def whole(source: PictureSet) -> Sample:
    """Bring pictures to the network's size as the detector does, undistorted."""
    pictures = F.interpolate(
        source.pictures.float() / 127.5 - 1, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True
    )
    return Sample(pictures, source.landmarks * 0.5 + 0.5, torch.ones(len(pictures)))
