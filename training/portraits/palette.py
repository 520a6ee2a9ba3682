"""The colours of the portraits: short lists of stops, blended by a share in 0..1."""

import torch
from torch import Tensor

Stops = tuple[tuple[int, int, int], ...]

SKIN: Stops = (
    (250, 222, 200),
    (243, 205, 176),
    (231, 184, 148),
    (205, 150, 112),
    (162, 108, 76),
    (116, 74, 54),
)
HAIR: Stops = (
    (38, 32, 38),
    (66, 44, 38),
    (104, 66, 44),
    (150, 84, 48),
    (196, 132, 70),
    (228, 188, 124),
    (190, 186, 188),
)
IRIS: Stops = ((70, 44, 30), (112, 74, 42), (124, 112, 54), (78, 128, 96), (72, 132, 168), (98, 116, 140))
LIP: Stops = ((196, 104, 98), (208, 92, 96), (186, 66, 80), (160, 62, 84))
CLOTH: Stops = (
    (44, 62, 92),
    (36, 104, 112),
    (96, 132, 104),
    (222, 170, 84),
    (200, 104, 76),
    (148, 70, 92),
    (86, 72, 120),
)
BACKDROP: Stops = (
    (240, 226, 204),
    (198, 220, 214),
    (180, 208, 228),
    (206, 200, 232),
    (236, 202, 206),
    (244, 214, 178),
)

WHITE = (1.0, 1.0, 1.0)


def blend(stops: Stops, share: Tensor) -> Tensor:
    """Share [N, 1, 1] in 0..1 -> colour [N, 3, 1, 1] in 0..1, linear between evenly spaced stops."""
    table = torch.tensor(stops, dtype=torch.float32, device=share.device) / 255
    place = share.flatten().clamp(0, 1) * (len(stops) - 1)
    lower = place.floor().long().clamp(max=len(stops) - 2)
    part = (place - lower)[:, None]
    return torch.lerp(table[lower], table[lower + 1], part)[:, :, None, None]


def mix(colour: Tensor, other: Tensor | tuple[float, float, float], share: float | Tensor) -> Tensor:
    """Colour [N, 3, 1, 1] moved towards other by a share (a number or [N, 1, 1])."""
    goal = other if isinstance(other, Tensor) else colour.new_tensor(other)[:, None, None]
    part = share[:, None] if isinstance(share, Tensor) else share
    return colour + (goal - colour) * part


def darker(colour: Tensor, by: float | Tensor) -> Tensor:
    """A shadow of a colour: blue and green fade less than they would in plain black, which keeps skin
    alive.
    """
    part = by[:, None] if isinstance(by, Tensor) else by
    tint = colour.new_tensor((0.92, 1.08, 1.02))[:, None, None]
    return (colour * (1 - part * tint)).clamp(0, 1)
