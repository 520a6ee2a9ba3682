"""What the landmark networks learn from: portraits, generated faces, and pictures that hold no face.

Pictures wait as uint8 and are distorted on their way out (place, size, turn, colour, blur, noise, a covered
patch), so that a few thousand of them last a whole training.
"""

import math
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
    matrix = _similarity(zoom.clamp(0.6, 1.9), turn, stretch)
    warped = _warp(pictures, matrix, shift, random)
    landmarks = torch.linalg.solve(matrix, (landmarks - shift[:, None]).mT).mT * 0.5 + 0.5
    inside = ((landmarks > 0) & (landmarks < 1)).all(2).float().mean(1)
    return Sample(_tint(warped, random), landmarks, (inside > 0.85).float())


def _normal(count: int, random: torch.Generator) -> Tensor:
    """Standard normal numbers within two deviations."""
    return torch.randn(count, generator=random).clamp(-2, 2)


def _similarity(zoom: Tensor, turn: Tensor, stretch: Tensor) -> Tensor:
    """Matrices [N, 2, 2] from output to input coordinates; a zoom above 1 makes the face smaller."""
    cos, sin = torch.cos(turn), torch.sin(turn)
    x, y = zoom * stretch, zoom / stretch
    return torch.stack([torch.stack([x * cos, -y * sin], 1), torch.stack([x * sin, y * cos], 1)], 1)


def _warp(pictures: Tensor, matrix: Tensor, shift: Tensor, random: torch.Generator) -> Tensor:
    """Resample [N, 3, S, S] to [N, 3, 128, 128]; what lies outside is drawn-out border or grey."""
    grid = F.affine_grid(
        torch.cat([matrix, shift[:, :, None]], 2), [len(pictures), 3, INPUT_SIZE, INPUT_SIZE], False
    )
    # The detector shrinks a frame by averaging; a mean over 2 x 2 pixels stands in for that.
    soft = F.avg_pool2d(F.pad(pictures, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
    centre = grid - 1.0 / pictures.shape[-1]
    fill = ("border", "zeros")[int(torch.randint(2, (), generator=random))]
    return F.grid_sample(soft, centre, mode="bilinear", padding_mode=fill, align_corners=False)


def _tint(pictures: Tensor, random: torch.Generator) -> Tensor:
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


# ----------------------------------------------------------------------------
# Pictures without a face.


def no_faces(source: PictureSet, count: int, random: torch.Generator) -> Sample:
    """Make pictures without one whole face: noise, walls, blobs, corners, tiles, small faces."""
    index = torch.randint(len(source.pictures), (count,), generator=random)
    pictures = source.pictures[index].float() / 127.5 - 1
    kinds = (_noise, _walls, _corner, _blobs, _tiles, _walls, _pair, _blobs, _plain)
    first = int(torch.randint(len(kinds), (), generator=random))
    made = [kinds[(first + i) % len(kinds)](pictures[i : i + 1], random) for i in range(count)]
    tinted = _tint(torch.cat(made), random)
    return Sample(tinted, torch.full((count, 68, 2), 0.5), torch.zeros(count))


def _noise(picture: Tensor, random: torch.Generator) -> Tensor:
    """Noise of several sizes: what an untrained generator draws."""
    total = torch.zeros(1, 3, INPUT_SIZE, INPUT_SIZE)
    for side in (2, 4, 8, 16, 32, 64, 128):
        weight = float(torch.rand((), generator=random)) * side**-0.3
        octave = torch.randn(1, 3, side, side, generator=random) * weight
        total += F.interpolate(octave, size=(INPUT_SIZE, INPUT_SIZE), mode="bicubic")
    return total.clamp(-1, 1)


def _plain(picture: Tensor, random: torch.Generator) -> Tensor:
    """One colour running into another."""
    ends = torch.rand(2, 1, 3, 1, 1, generator=random) * 2 - 1
    ramp = torch.linspace(0, 1, INPUT_SIZE).expand(1, 1, INPUT_SIZE, INPUT_SIZE)
    return torch.lerp(ends[0], ends[int(torch.randint(2, (), generator=random))], ramp)


def _walls(picture: Tensor, random: torch.Generator) -> Tensor:
    """Rectangles within rectangles, in rows or anyhow: house fronts, shelves, cars from behind."""
    wall = 0.3 * _plain(picture, random) + 0.25 * _noise(picture, random)
    rows, columns = (int(torch.randint(1, 5, (), generator=random)) for _ in range(2))
    gap = 0.1 + 0.5 * torch.rand(2, generator=random)
    colours = torch.rand(3, 3, 1, 1, generator=random) * 2 - 1
    shift, jitter = torch.rand(2, generator=random), 0.25 * torch.rand((), generator=random)
    for row in range(-1, rows + 1):
        for column in range(-1, columns + 1):
            place = torch.tensor([row, column]) + shift + jitter * torch.randn(2, generator=random)
            cell = torch.tensor([INPUT_SIZE / rows, INPUT_SIZE / columns])
            begin, end = place * cell, (place + gap) * cell
            for colour, inset in ((colours[0], 0.0), (colours[1], 0.08), (colours[2], 0.3)):
                top, left = (begin + inset * (end - begin)).clamp(0, INPUT_SIZE).int().tolist()
                bottom, right = (end - inset * (end - begin)).clamp(0, INPUT_SIZE).int().tolist()
                wall[:, :, top:bottom, left:right] = colour
    return wall.clamp(-1, 1)


def _blobs(picture: Tensor, random: torch.Generator) -> Tensor:
    """Ovals of all sizes and colours, shaded: fruit, wheels, animals seen from far."""
    field = 0.5 * _plain(picture, random) + 0.2 * _noise(picture, random)
    steps = torch.linspace(-1, 1, INPUT_SIZE)
    for _ in range(int(torch.randint(3, 20, (), generator=random))):
        centre, colour = torch.rand(2, generator=random) * 2 - 1, torch.rand(3, generator=random) * 2 - 1
        size = torch.exp(torch.randn(2, generator=random) * 0.6 - 1.6)
        x, y = (steps - centre[0]) / size[0], (steps - centre[1]) / size[1]
        inside = ((1 - x[None, :].square() - y[:, None].square()) * 8).clamp(0, 1)
        light = 1 - 0.4 * (y[:, None] + x[None, :]).abs()
        field = torch.lerp(field, colour[None, :, None, None] * light, inside)
    return field.clamp(-1, 1)


def _corner(picture: Tensor, random: torch.Generator) -> Tensor:
    """A piece of a picture, much enlarged: hair, a cheek, background."""
    zoom = 0.1 + 0.2 * torch.rand(1, generator=random)
    shift = (1 - zoom) * (torch.rand(1, 2, generator=random) * 2 - 1)
    return _warp(picture, _similarity(zoom, torch.zeros(1), torch.ones(1)), shift, random)


def _tiles(picture: Tensor, random: torch.Generator) -> Tensor:
    """A picture cut into tiles that are put together in another order."""
    n = int(torch.randint(3, 6, (), generator=random))
    side = picture.shape[-1] // n
    tiles = F.unfold(picture, side, stride=side)
    shuffled = tiles[:, :, torch.randperm(tiles.shape[2], generator=random)]
    whole = F.fold(shuffled, (side * n, side * n), side, stride=side)
    return F.interpolate(whole, size=(INPUT_SIZE, INPUT_SIZE), mode="area")


def _pair(picture: Tensor, random: torch.Generator) -> Tensor:
    """Two or four small copies: none of them is the one face of an aligned frame."""
    n = int(torch.randint(2, 4, (), generator=random))
    half = F.interpolate(picture, size=(INPUT_SIZE // n, INPUT_SIZE // n), mode="area")
    tiled = half.repeat(1, 1, n + 1, n + 1)
    shift = int(torch.randint(math.ceil(INPUT_SIZE / n), (), generator=random))
    return (
        tiled[:, :, shift : shift + INPUT_SIZE, :INPUT_SIZE]
        if n > 2
        else tiled[:, :, :INPUT_SIZE, :INPUT_SIZE]
    )


def whole(source: PictureSet) -> Sample:
    """Bring pictures to the network's size as the detector does, undistorted."""
    pictures = F.interpolate(
        source.pictures.float() / 127.5 - 1, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True
    )
    return Sample(pictures, source.landmarks * 0.5 + 0.5, torch.ones(len(pictures)))
