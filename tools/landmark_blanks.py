"""Pictures without one whole face, from which a landmark network learns to say so.

They are made, not collected: a generator of anything at all may be loaded into the editor, and no set of
photographs stands for that.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from faces.landmark_network import INPUT_SIZE
from tools.landmark_pictures import PictureSet, Sample, similarity, tint, warp


def no_faces(source: PictureSet, count: int, random: torch.Generator) -> Sample:
    """Make pictures without one whole face: noise, walls, blobs, corners, tiles, small faces."""
    index = torch.randint(len(source.pictures), (count,), generator=random)
    pictures = source.pictures[index].float() / 127.5 - 1
    kinds = (_noise, _walls, _corner, _blobs, _tiles, _walls, _pair, _blobs, _plain)
    first = int(torch.randint(len(kinds), (), generator=random))
    made = [kinds[(first + i) % len(kinds)](pictures[i : i + 1], random) for i in range(count)]
    tinted = tint(torch.cat(made), random)
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
    return warp(picture, similarity(zoom, torch.zeros(1), torch.ones(1)), shift, random)


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
    small = F.interpolate(picture, size=(INPUT_SIZE // n, INPUT_SIZE // n), mode="area")
    tiled = small.repeat(1, 1, n + 1, n + 1)
    # Rows of three are cut anywhere; of rows of two that could leave a whole large face.
    most = tiled.shape[2] - INPUT_SIZE if n > 2 else 0
    shift = int(torch.randint(most + 1, (), generator=random))
    return tiled[:, :, shift : shift + INPUT_SIZE, :INPUT_SIZE]
