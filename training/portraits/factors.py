"""What a drawn portrait can vary in, and how a latent z chooses it.

Every factor is one row of a table: its mean, its spread and its limits. A latent z [N, Z_DIM] is first
normalised as
StyleGAN2's mapping network does it (z / sqrt(mean z²)), then row i reads z[:, i]. Truncation has a plain
meaning
here: psi · z / sqrt(mean z²) gives the factors that a picture truncated with psi should show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import softplus

Z_DIM = 64

Kind = Literal["value", "share", "soft"]

# How sharply a soft factor bends at its low end.
_BEND = 6.0


@dataclass(frozen=True)
class Factor:
    """One row of the table.

    `value` is mean + spread · z, held to low..high. `soft` bends to its low end instead of stopping there, so
    that a closed mouth still knows which way is open. `share` is the normal distribution function of z, 0..1.
    """

    name: str
    kind: Kind = "share"
    mean: float = 0.0
    spread: float = 1.0
    low: float = -3.0
    high: float = 3.0


def _value(
    name: str, mean: float, spread: float, low: float | None = None, high: float | None = None
) -> Factor:
    """A factor that stays within 2.2 spreads of its mean unless the row says otherwise."""
    low = mean - 2.2 * spread if low is None else low
    high = mean + 2.2 * spread if high is None else high
    return Factor(name, "value", mean, spread, low, high)


# Lengths are in halves of the picture's side: 1.0 is from the middle to the border. Angles are in radians.
FACTORS: tuple[Factor, ...] = (
    # Pose of the head.
    _value("turn", 0.0, 0.034, -0.10, 0.10),
    _value("nod", 0.0, 0.014),
    _value("tilt", 0.0, 0.05, -0.13, 0.13),
    _value("shift_x", 0.0, 0.018),
    _value("shift_y", 0.0, 0.015),
    _value("size", 1.0, 0.022),
    # Head and jaw.
    _value("face_width", 0.435, 0.021, 0.375, 0.50),
    _value("face_length", 0.655, 0.024),
    _value("jaw_taper", 0.17, 0.055, 0.02, 0.30),
    _value("jaw_square", 2.35, 0.18),
    _value("cheek", 2.15, 0.12),
    # Eyes.
    _value("eye_open", 0.95, 0.34, 0.0, 1.45),
    _value("eye_difference", 0.0, 0.05, -1.0, 1.0),
    _value("eye_size", 0.117, 0.006),
    _value("eye_distance", 0.204, 0.008),
    _value("eye_slant", 0.06, 0.045),
    _value("eye_height", -0.015, 0.010),
    _value("gaze_x", 0.0, 0.30, -0.8, 0.8),
    _value("gaze_y", 0.05, 0.16, -0.5, 0.5),
    _value("iris_size", 0.50, 0.025),
    Factor("iris_colour"),
    _value("lash", 0.5, 0.25, 0.0, 1.0),
    # Brows.
    _value("brow_raise", 0.0, 0.018, -0.05, 0.065),
    _value("brow_slant", 0.0, 0.010),
    _value("brow_arch", 0.028, 0.010),
    _value("brow_thickness", 0.036, 0.007),
    # Nose.
    _value("nose_length", 0.225, 0.015),
    _value("nose_width", 0.074, 0.009, 0.045, 0.105),
    # Mouth.
    Factor("mouth_open", "soft", 0.02, 0.42, 0.0, 1.25),
    _value("smile", 0.30, 0.45, -1.0, 1.4),
    _value("mouth_width", 0.166, 0.013, 0.10, 0.21),
    _value("upper_lip", 0.036, 0.006),
    _value("lower_lip", 0.052, 0.008),
    _value("mouth_height", 0.0, 0.010),
    Factor("lip_colour"),
    # Skin.
    Factor("skin_tone"),
    Factor("skin_warmth"),
    _value("blush", 0.5, 0.25, 0.0, 1.0),
    Factor("light"),
    # Hair.
    Factor("hair_colour"),
    Factor("hair_shade"),
    Factor("hair_length"),
    _value("hair_volume", 0.130, 0.024),
    _value("hair_part", 0.0, 0.09, -0.16, 0.16),
    _value("hairline", -0.36, 0.030),
    _value("fringe", 0.5, 0.26, 0.0, 1.0),
    _value("hair_wave", 0.5, 0.25, 0.0, 1.0),
    # Clothes and background.
    Factor("cloth_colour"),
    Factor("cloth_shade"),
    Factor("neckline"),
    _value("shoulders", 0.0, 0.025),
    Factor("back_colour"),
    Factor("back_shade"),
)

FACTOR_INDEX: Mapping[str, int] = {factor.name: index for index, factor in enumerate(FACTORS)}

Factors = dict[str, Tensor]


def normalise_latent(z: Tensor) -> Tensor:
    """Z [N, Z_DIM] scaled to a mean square of 1, as StyleGAN2's mapping network does before its first
    layer.
    """
    return z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()


def factors_from_latent(z: Tensor, psi: float | Tensor = 1.0) -> Factors:
    """Z [N, Z_DIM] normal -> every factor by name, each [N, 1, 1] float32. psi (a number or [N, 1])
    truncates.
    """
    if z.ndim != 2 or z.shape[1] != Z_DIM:
        raise ValueError(f"latent of shape {tuple(z.shape)}: expected [N, {Z_DIM}]")
    return factors_from_scores(normalise_latent(z.float()) * psi)


def factors_from_scores(scores: Tensor) -> Factors:
    """Normal scores [N, >= len(FACTORS)], one column a row of the table, -> every factor by name, each [N,
    1, 1].
    """
    named: Factors = {}
    for index, factor in enumerate(FACTORS):
        score = scores[:, index, None, None]
        if factor.kind == "share":
            named[factor.name] = torch.special.ndtr(score)
            continue
        value = factor.mean + factor.spread * score
        if factor.kind == "soft":
            value = factor.low + softplus(value - factor.low, beta=_BEND)
        named[factor.name] = value.clamp(factor.low, factor.high)
    return named
