"""Eyes with lids that really close, and brows."""

import torch
from torch import Tensor

from .canvas import Canvas, Patch, between, cover, soft, spot
from .factors import Factors
from .lids import Brow, Eye
from .palette import HAIR, IRIS, WHITE, blend, darker, mix

_LASH = (0.13, 0.085, 0.085)


def paint_eyes(canvas: Canvas, f: Factors, skin: Tensor) -> None:
    """Both eyes, from the socket's shade to the lashes."""
    for side, left, right in ((-1, -0.52, 0.02), (1, -0.02, 0.52)):
        patch = canvas.patch(top=-0.32, bottom=0.24, left=left, right=right)
        _paint_eye(patch, f, Eye(f, side), skin)


def _paint_eye(patch: Patch, f: Factors, eye: Eye, skin: Tensor) -> None:
    t, v = eye.local(patch.x, patch.y)
    upper, lower, crease = eye.upper(t), eye.lower(t), eye.crease(t)
    patch.paint(spot(t, v, 0.05, -0.30, 1.25, 0.75) * 0.34, darker(skin, 0.22))
    patch.paint(spot(t, v, 0.0, 0.62, 0.85, 0.20) * 0.16, darker(skin, 0.22))

    # The lid: skin from the crease to its edge; more of it shows as the eye shuts.
    within = ((1.06 - t.abs()) * 12).clamp(0, 1)
    lid = between(crease - v, v - upper - 0.02) * within
    patch.paint(lid, mix(skin, darker(skin, 0.16), 0.75), "lid")
    patch.paint(lid * spot(t, v, -0.1, (crease + upper) / 2, 0.45, 0.16) * 0.35, mix(skin, WHITE, 0.35))
    fold = between(crease - 0.035 - v, v - crease - 0.035)
    patch.paint(fold * (1 - t.square()).clamp(min=0).pow(0.25) * 0.62, darker(skin, 0.42))

    # The ball shows between the lids: white in the lid's shadow, iris, pupil, light.
    opening = between(upper - v, v - lower)
    white = skin.new_tensor((0.975, 0.968, 0.955))[:, None, None].expand_as(skin)
    shaded = torch.lerp(white, darker(white, 0.34), soft(v - upper - 0.14, 0.34)[:, None])
    patch.paint(opening, shaded, "eye")
    patch.paint(
        opening * spot(t, v, 1.0, lower, 0.16, 0.4) * 0.6,
        skin * skin.new_tensor((0.95, 0.62, 0.60))[:, None, None],
    )
    _paint_iris(patch, f, eye, t, v, opening)
    patch.paint(
        opening * soft(v - upper - 0.07, 0.16) * 0.45, skin.new_tensor((0.10, 0.07, 0.08))[:, None, None]
    )

    # Lines: the lower rim is fine, the upper one heavy at its outer end where the lashes grow.
    lash = skin.new_tensor(_LASH)[:, None, None]
    inside = (1 - t.square()).clamp(min=0)
    rim = between(lower - 0.018 - v, v - lower - 0.030)
    patch.paint(rim * inside.pow(0.3) * 0.42, darker(skin, 0.52))
    weight = (
        (0.050 + 0.050 * f["lash"]) * (1.0 - 0.38 * t.clamp(-1, 1)) * (1.10 - t.abs()).clamp(0, 1).pow(0.35)
    )
    edge = eye.upper(t.clamp(-1, 1))
    line = between(edge - weight - v, v - edge - 0.35 * weight)
    patch.paint(line * ((1.10 - t.abs()) * 16).clamp(0, 1), lash, "lid")
    _paint_lashes(patch, f, eye, t, v, lash)


def _paint_iris(patch: Patch, f: Factors, eye: Eye, t: Tensor, v: Tensor, opening: Tensor) -> None:
    # Both eyes look the same way: t points to the face's axis, so its sign differs between them.
    cx, cy = -eye.side * 0.26 * f["gaze_x"], -0.16 + 0.22 * f["gaze_y"]
    radius = ((t - cx).square() + (v - cy).square()).sqrt()
    size = f["iris_size"]
    iris = blend(IRIS, f["iris_colour"] * (1 - 0.75 * f["skin_tone"].square()))
    patch.paint(opening * cover(radius - size), darker(iris, 0.42), "iris")
    patch.paint(opening * cover(radius - size * 0.86), iris)
    patch.paint(
        opening
        * cover(radius - size * 0.86)
        * spot(t, v, cx, cy + 0.7 * size, size * 0.8, size * 0.55)
        * 0.7,
        mix(iris, WHITE, 0.42),
    )
    patch.paint(opening * cover(radius - size * 0.44), iris.new_tensor((0.05, 0.04, 0.05))[:, None, None])
    # The light stands on the same side in both eyes.
    gx = cx + eye.side * 0.17 * torch.where(f["light"] > 0.5, -1.0, 1.0)
    glint = cover(((t - gx).square() + (v - cy + 0.19).square()).sqrt() - 0.125)
    patch.paint(opening * glint * 0.95, iris.new_tensor(WHITE)[:, None, None])


def _paint_lashes(patch: Patch, f: Factors, eye: Eye, t: Tensor, v: Tensor, lash: Tensor) -> None:
    """A wing of lashes beyond the outer corner; it hangs when the eye is shut."""
    reach = -1.0 - t
    droop = 0.34 - 0.75 * eye.opening.clamp(max=1)
    centre = 0.04 + droop * reach * 0.8
    weight = 0.085 * (0.5 + f["lash"]) * (1 - reach / 0.26).clamp(0, 1)
    wing = between(centre - weight - v, v - centre - 0.3 * weight)
    patch.paint(wing * (reach > -0.06) * (reach < 0.26) * 0.9, lash, "lid")


def paint_brows(canvas: Canvas, f: Factors, hair: Tensor) -> None:
    """Brows in a shade of the hair, soft at their inner end."""
    colour = mix(darker(hair, 0.30), blend(HAIR, torch.zeros_like(f["light"]) + 0.2), 0.35)
    for side, left, right in ((-1, -0.58, 0.06), (1, -0.06, 0.58)):
        patch = canvas.patch(top=-0.46, bottom=0.06, left=left, right=right)
        brow = Brow(f, side)
        s = brow.local(patch.x)
        middle, half = brow.middle(s.clamp(-1.3, 1.3)), brow.thickness(s.clamp(-1.3, 1.3)) / 2
        shape = between(middle - half - patch.y, patch.y - middle - half)
        shape = shape * torch.sigmoid(16 * (s + 0.98)) * (s < 1.05)
        patch.paint(shape * 0.92, colour, "brow")
