"""What stands behind and below the head: backdrop, neck and clothes."""

import torch
from torch import Tensor

from .canvas import Canvas, between, cover, soft, spot
from .factors import Factors
from .geometry import Head
from .palette import BACKDROP, CLOTH, WHITE, blend, darker, mix


def paint_backdrop(canvas: Canvas, f: Factors) -> None:
    """A quiet wall with a large pale disc behind the head."""
    patch = canvas.patch(body=True)
    colour = darker(blend(BACKDROP, f["back_colour"]), 0.22 * f["back_shade"])
    wall = torch.lerp(mix(colour, WHITE, 0.18), darker(colour, 0.12), ((patch.y + 1) / 2)[:, None])
    patch.image += wall
    disc = cover((patch.x.square() + (patch.y + 0.08).square()) - 0.86**2)
    patch.paint(disc, mix(colour, WHITE, 0.38))


def paint_body(canvas: Canvas, f: Factors, skin: Tensor) -> None:
    """Neck with the chin's shadow, shoulders, a neckline between round and V, a collar seam."""
    patch = canvas.patch(top=0.25, body=True)
    x, y = patch.x - f["shift_x"], patch.y - f["shift_y"]
    neck_width = 0.60 * f["face_width"] * (1 - 0.35 * f["jaw_taper"])
    flare = 0.16 * ((y - 0.62) / 0.3).clamp(min=0).square()
    neck = x.abs() - neck_width - flare
    patch.paint(cover(neck), darker(skin, 0.10), "neck")
    # The chin throws a soft shadow; it follows the chin down when the mouth opens.
    chin = Head(f).chin + f["nod"]
    shadow = spot(x, y, 0.02 - 0.04 * f["light"], chin + 0.03, neck_width * 1.15, 0.14)
    patch.paint(cover(neck) * shadow * 0.75, darker(skin, 0.34))

    cloth = darker(blend(CLOTH, f["cloth_colour"]), 0.30 * f["cloth_shade"])
    slope = 0.745 + f["shoulders"] + 0.30 * (x.abs() - 0.22).clamp(min=0).pow(1.25)
    depth = 0.07 + 0.12 * f["neckline"]
    opening = 0.79 + depth * (1 - (x.abs() / (neck_width + 0.075)).pow(1.2 + 1.2 * (1 - f["neckline"])))
    shoulders = between(slope - y, torch.minimum(opening, slope + 1) - y)
    fold = soft((x.abs() - 0.52 - 0.25 * (y - 0.9)).abs() - 0.005, 0.16)
    patch.paint(shoulders, cloth, "clothes")
    patch.paint(shoulders * fold * 0.5, darker(cloth, 0.16))
    patch.paint(shoulders * soft(slope + 0.05 - y, 0.10).neg().add(1) * 0.45, mix(cloth, WHITE, 0.16))
    seam = between(opening - y, y - opening - 0.026)
    patch.paint(seam * cover(slope - opening), darker(cloth, 0.22))
