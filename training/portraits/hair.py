"""Hair: a mass behind the head, a front that parts and falls to the temples, gloss and strands."""

import torch
from torch import Tensor

from .canvas import Canvas, Patch, between, cover, soft
from .factors import Factors
from .geometry import CHEEK_Y, SKULL_HEIGHT
from .palette import HAIR, WHITE, blend, darker, mix


def hair_colour(f: Factors) -> Tensor:
    """The colour of the hair [N, 3, 1, 1]; deeper skin comes with darker hair."""
    share = f["hair_colour"] * (1 - 0.75 * f["skin_tone"].square())
    return darker(blend(HAIR, share), 0.22 * f["hair_shade"])


def _wave(f: Factors, y: Tensor) -> Tensor:
    """How far the hair's outline swings out at height y."""
    return 0.030 * f["hair_wave"] * torch.sin(13.0 * (y - 0.1)) * torch.sigmoid(9 * (y + 0.15))


def _mass(f: Factors, x: Tensor, y: Tensor) -> Tensor:
    """Implicit function of the hair's outer outline: a full crown that runs down into falls.

    They are as long as the hair. Short hair narrows towards the ears, long hair widens towards its ends.
    """
    volume, length = f["hair_volume"], f["hair_length"].square()
    width = f["face_width"] + 0.60 * volume
    crown = (
        (x.abs() / width).clamp(min=1e-4).pow(2.25)
        + ((y - CHEEK_Y).abs() / (SKULL_HEIGHT + volume)).pow(2.15)
        - 1
    )
    end = 0.16 + 0.95 * length
    down = ((y - CHEEK_Y) / (end - CHEEK_Y)).clamp(min=1e-4)
    widen = (0.10 * length - 0.13 * (1 - length).pow(3)) * down.clamp(max=1.5)
    fall = width + widen + _wave(f, y) * length.sqrt() * down.clamp(max=1)
    falls = (x.abs() / fall.clamp(min=0.05)).clamp(min=1e-4).pow(2.25) + down.pow(4.5) - 1
    return torch.where(y < CHEEK_Y, crown, falls)


def _strands(f: Factors, x: Tensor, y: Tensor) -> Tensor:
    """Strands that flow from the parting: the phase of a soft comb across the head, -1..1."""
    angle = torch.atan2(x - f["hair_part"], 0.25 - y.clamp(max=0.15) + 0.0 * x)
    flow = angle * 11 + 3.0 * f["hair_wave"] * torch.sin(5.0 * y + 2.0 * angle)
    return torch.sin(flow) * 0.6 + torch.sin(2.3 * flow + 1.0) * 0.4


def paint_back_hair(canvas: Canvas, f: Factors, hair: Tensor) -> None:
    """The hair behind head and neck, darker than the front."""
    patch = canvas.patch()
    share = cover(_mass(f, patch.x, patch.y))
    patch.paint(share, darker(hair, 0.30), "hair")
    patch.paint(share * _strands(f, patch.x, patch.y).clamp(min=0) * 0.30, darker(hair, 0.12))


def paint_front_hair(canvas: Canvas, f: Factors, hair: Tensor, skin: Tensor) -> None:
    """The front: above a hairline that swings from the parting to the temples, with locks along the cheeks
    if it is long.
    """
    patch = canvas.patch(bottom=1.0)
    x, y = patch.x, patch.y
    line = _hairline(f, x)
    locks = _locks(f, x, y)
    front = torch.minimum(y - line, locks)
    outer = _mass(f, x, y)
    share = between(front, outer)

    # The hair throws a shadow on the forehead and cheeks.
    shadow = soft(torch.minimum(y - line - 0.035, locks - 0.02), 0.09) * (1 - share)
    _shade_skin(patch, shadow * 0.42, darker(skin, 0.30))
    patch.paint(share, hair, "hair")
    strands = _strands(f, x, y)
    patch.paint(share * strands.clamp(min=0) * 0.34, darker(hair, 0.26))
    patch.paint(share * (-strands).clamp(min=0) * 0.22, mix(hair, WHITE, 0.20))
    patch.paint(share * soft(-outer - 0.10, 0.25) * 0.40, darker(hair, 0.24))
    patch.paint(share * soft(-(y - line) - 0.02, 0.07) * (y < 0.0) * 0.30, darker(hair, 0.28))
    # Gloss: a band of light around the crown, broken by the strands.
    around = ((x - 0.08 * (f["light"] - 0.5)).square() * 0.8 + (y - 0.05).square()).sqrt()
    band = torch.exp(-((around - 0.535) / 0.045).square()) * (0.55 + 0.45 * strands)
    patch.paint(share * band.clamp(min=0) * 0.42 * (y < 0.1), mix(hair, WHITE, 0.50))


def _hairline(f: Factors, x: Tensor) -> Tensor:
    """Height of the hairline over x: highest at the parting, down over the temples; a fringe sweeps it
    lower on one side.
    """
    away = x - f["hair_part"]
    sweep = torch.tanh(away / 0.05)
    open_side = f["hairline"] + 1.30 * away.abs().pow(1.9)
    fringe = f["fringe"] * (0.14 * torch.exp(-((away.abs() - 0.22) / 0.16).square()))
    line = open_side + fringe * (0.75 + 0.25 * sweep)
    # The eyes stay free: over the face the line bottoms out above the brows' outer ends.
    over_face = torch.sigmoid(40 * (0.36 - x.abs()))
    return line - over_face * torch.nn.functional.softplus((line + 0.17) * 30) / 30


def _locks(f: Factors, x: Tensor, y: Tensor) -> Tensor:
    """Implicit function of the locks along the cheeks, pointed at their ends; short hair ends above the
    ear.
    """
    length = f["hair_length"].square()
    end = 0.02 + 1.10 * length
    inner = f["face_width"] * (0.945 + 0.045 * torch.cos(4.0 * y)) - 0.7 * _wave(f, y) * length.sqrt()
    inner = inner - 0.06 * length * torch.sigmoid(8 * (y - 0.30))
    return inner + 0.16 * torch.exp((y - end) / (0.07 + 0.10 * length)) - x.abs()


def _shade_skin(patch: Patch, share: Tensor, colour: Tensor) -> None:
    """Lay a shadow only where skin is in sight (hair and backdrop take none)."""
    on_skin = (patch.labels != 0) & (patch.labels != 1) & (patch.labels != 2)
    patch.paint(share * on_skin, colour)
