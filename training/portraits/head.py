"""Ears, the skin of the face with its shading, and the nose."""

import torch
from torch import Tensor

from .canvas import Canvas, between, cover, soft, spot
from .factors import Factors
from .geometry import Head, Mouth, Nose
from .palette import SKIN, WHITE, blend, darker, mix


def skin_colour(f: Factors) -> Tensor:
    """The colour of lit skin [N, 3, 1, 1], paler or deeper by its tone, pinker or more golden by its
    warmth.
    """
    base = blend(SKIN, f["skin_tone"])
    warm = (f["skin_warmth"] - 0.5)[:, None]
    return (base + warm * base.new_tensor((0.02, -0.012, -0.05))[:, None, None]).clamp(0, 1)


def paint_ears(canvas: Canvas, f: Factors, skin: Tensor) -> None:
    """An ear each side, its bowl a shade darker."""
    patch = canvas.patch(top=-0.35, bottom=0.45, left=-0.75, right=0.75)
    x = patch.x.abs() - f["face_width"] * 0.985
    y = patch.y - f["eye_height"] - 0.085
    slanted = x - 0.22 * (-y)
    ear = cover((slanted / 0.058).square() + (y / 0.118).square() - 1)
    patch.paint(ear, darker(skin, 0.06), "ear")
    bowl = soft((slanted / 0.034).square() + ((y + 0.005) / 0.075).square() - 1, 1.2)
    patch.paint(ear * bowl * 0.7, darker(skin, 0.24))


def paint_face(canvas: Canvas, f: Factors, skin: Tensor) -> None:
    """The face, shaded softly from the side that the light does not reach, with blush and a fine contour."""
    patch = canvas.patch(top=-0.85, bottom=0.95, left=-0.75, right=0.75)
    x, y = patch.x, patch.y
    head = Head(f)
    edge = head.outline(x, y)
    face = cover(edge)
    patch.paint(face, skin, "skin")

    # The head is round: brightness falls off towards the side away from the light, and towards the jaw.
    aside = x / f["face_width"] * (1 - 2 * f["light"])
    patch.paint(face * torch.sigmoid(7 * (aside - 0.52)) * 0.55, darker(skin, 0.20))
    patch.paint(face * torch.sigmoid(8 * (y / head.chin - 0.86)) * 0.40, darker(skin, 0.18))
    patch.paint(face * soft(-edge - 0.10, 0.30) * 0.42, darker(skin, 0.20))
    glow = spot(x, y, 0.12 * (f["light"] - 0.5), -0.27, 0.24, 0.15) + spot(
        x, y, 0.0, head.chin - 0.10, 0.07, 0.045
    )
    patch.paint(face * glow * 0.30, mix(skin, WHITE, 0.45))
    cheeks = spot(
        x.abs(), y, 0.60 * f["face_width"], f["eye_height"] + 0.205 - 0.012 * f["smile"], 0.115, 0.075
    )
    rose = skin * skin.new_tensor((0.98, 0.66, 0.62))[:, None, None]
    patch.paint(face * cheeks * (0.08 + 0.30 * f["blush"]), rose)
    # Shade under the lower lip, which follows the mouth.
    mouth = Mouth(f)
    t = mouth.local(x)
    below = mouth.outer_lower(t.clamp(-1, 1)) + 0.035
    patch.paint(face * spot(t, y, 0.0, below, 0.55, 0.022) * 0.45, darker(skin, 0.24))
    contour = face * cover(-edge - 0.035)
    patch.paint(contour * torch.sigmoid(14 * (y - 0.10)) * 0.40, darker(skin, 0.42))


def paint_nose(canvas: Canvas, f: Factors, skin: Tensor) -> None:
    """A nose of light and shade: one side of the bridge, a lit tip, wings, nostrils, the shadow it throws."""
    patch = canvas.patch(top=-0.30, bottom=0.48, left=-0.34, right=0.34)
    nose = Nose(f)
    y = patch.y
    x = patch.x - nose.axis(y)
    width = f["nose_width"]
    dark = 1 - 2 * f["light"]
    side = torch.where(dark >= 0, 1.0, -1.0)
    strength = 0.25 + 0.75 * dark.abs()

    along = ((y - nose.top) / (nose.tip - nose.top)).clamp(0, 1)
    ridge = 0.030 + 0.020 * along
    window = torch.sigmoid(40 * (y - nose.top + 0.03)) * torch.sigmoid(40 * (nose.tip + 0.01 - y))
    bridge = spot(x * side, y * 0, ridge, 0.0, 0.020 + 0.012 * along, 1.0)
    patch.paint(window * bridge * 0.50 * strength, darker(skin, 0.26))
    patch.paint(window * spot(x, y * 0, 0.0, 0.0, 0.016, 1.0) * 0.30, mix(skin, WHITE, 0.45))

    base = nose.base
    patch.paint(spot(x, y, 0.0, base + 0.024, width * 0.95, 0.026) * 0.42, darker(skin, 0.28))
    ball = spot(x, y, 0.0, nose.tip + 0.004, width * 0.52, 0.040)
    patch.paint(ball * 0.30, mix(skin, skin * skin.new_tensor((1.0, 0.80, 0.76))[:, None, None], 0.8))
    patch.paint(spot(x, y, 0.014 * -side, nose.tip - 0.008, 0.018, 0.015) * 0.55, mix(skin, WHITE, 0.7))

    # Wings: a crescent each side; nostrils between them; one line for the base.
    away = x.abs() - width * 0.90
    wing = between(((away + 0.006) / 0.030).square() + ((y - base + 0.018) / 0.034).square() - 1,
                   1 - ((away + 0.016) / 0.030).square() - ((y - base + 0.020) / 0.036).square())  # fmt: skip
    patch.paint(wing * (away > -0.012) * 0.55, darker(skin, 0.34), "nose")
    nostril = cover(
        ((x.abs() - width * 0.46) / (width * 0.30)).square() + ((y - base - 0.002) / 0.0125).square() - 1
    )
    patch.paint(nostril * 0.72, darker(skin, 0.56), "nose")
    t = x / width
    curve = nose.base_curve(t) + 0.006
    line = between(curve - 0.005 - y, y - curve - 0.005)
    patch.paint(line * (1 - t.abs()).clamp(0, 1).sqrt() * 0.42, darker(skin, 0.44), "nose")
