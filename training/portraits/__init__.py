"""Drawn portraits: a renderer from a vector of factors to a picture, its 68 landmarks and a map of its
parts.
"""

from .canvas import PARTS
from .factors import (
    FACTOR_INDEX,
    FACTORS,
    Z_DIM,
    Factors,
    factors_from_latent,
    factors_from_scores,
    normalise_latent,
)
from .render import Portrait, render

__all__ = [
    "FACTORS",
    "FACTOR_INDEX",
    "PARTS",
    "Z_DIM",
    "Factors",
    "Portrait",
    "factors_from_latent",
    "factors_from_scores",
    "normalise_latent",
    "render",
]
