"""Lips, teeth, tongue and the cavity behind them."""

import torch
from torch import Tensor

from .canvas import Canvas, between, soft, spot
from .factors import Factors
from .geometry import Mouth
from .palette import LIP, WHITE, blend, darker, mix


def paint_mouth(canvas: Canvas, f: Factors, skin: Tensor) -> None:
    """From the dark inside out to the light on the lower lip."""
    patch = canvas.patch(top=0.14, bottom=0.86, left=-0.38, right=0.38)
    mouth = Mouth(f)
    t, y = mouth.local(patch.x), patch.y
    c = t.clamp(-1.4, 1.4)
    outer_upper, inner_upper = mouth.outer_upper(c), mouth.inner_upper(c)
    inner_lower, outer_lower = mouth.inner_lower(c), mouth.outer_lower(c)
    rose = mix(blend(LIP, f["lip_colour"]), skin, 0.42)

    gap = between(inner_upper - y, y - inner_lower)
    dark = skin.new_tensor((0.27, 0.075, 0.085))[:, None, None]
    patch.paint(gap, dark, "mouth")
    tongue = gap * soft(((c / 0.62).square() + ((y - inner_lower - 0.012) / 0.050).square()).sqrt() - 1, 0.5)
    patch.paint(tongue * 0.8, skin.new_tensor((0.74, 0.33, 0.34))[:, None, None])
    fall = 0.010 + 0.036 * f["mouth_open"]
    teeth = between(inner_upper - y, y - inner_upper - fall * (1 - 0.6 * c.square()).clamp(min=0)) * gap
    pearl = skin.new_tensor((0.965, 0.95, 0.93))[:, None, None]
    patch.paint(
        teeth * (t.abs() < 0.86), torch.lerp(pearl, darker(pearl, 0.30), (c.abs() * 0.9)[:, None]), "teeth"
    )

    upper_lip = between(outer_upper - y, y - inner_upper)
    lower_lip = between(inner_lower - y, y - outer_lower)
    patch.paint(upper_lip, darker(rose, 0.14), "lip")
    patch.paint(lower_lip, rose, "lip")
    patch.paint(lower_lip * soft(-(y - outer_lower) - 0.016, 0.03) * 0.5, darker(rose, 0.16))
    patch.paint(
        lower_lip * spot(t, y, 0.0, (inner_lower * 0.6 + outer_lower * 0.4), 0.40, 0.011) * 0.55,
        mix(rose, WHITE, 0.6),
    )
    patch.paint(upper_lip * soft(inner_upper - y - 0.004, 0.03).neg().add(1) * 0.0, rose)

    # The line between the lips runs a little past the corners; a smile draws it on.
    ends = (1.10 + 0.05 * f["smile"].clamp(min=0) - t.abs()).clamp(min=0)
    thin = 0.0075 * ends.clamp(max=0.5).mul(2).pow(0.6)
    seam = between(inner_upper - thin - y, y - inner_upper - thin * 0.6)
    patch.paint(seam * (ends > 0), darker(rose, 0.56))
    corner = spot(t.abs(), y, 1.06, mouth.middle(c), 0.07, 0.013)
    patch.paint(corner * 0.5, darker(skin, 0.40))
