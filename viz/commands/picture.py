"""Commands about the picture: to show one, and to look for faces in it."""

from dataclasses import dataclass

from dnnlib.latents import Latent
from drag.request import FloatArray


@dataclass(frozen=True)
class Generate:
    """Show the picture of a latent. The newest one replaces those that wait."""

    epoch: int
    latent: Latent


@dataclass(frozen=True, eq=False)
class GoTo:
    """Show the picture of a w [num_ws, w_dim], and go on from there. The newest replaces those that wait.

    The latent is what it comes from: its class and its noise count.
    """

    epoch: int
    w: FloatArray
    latent: Latent


@dataclass(frozen=True, eq=False)
class Draw:
    """Draw the picture of a w [num_ws, w_dim] beside the one that is shown, which stays."""

    epoch: int
    w: FloatArray


@dataclass(frozen=True)
class Glance:
    """See whether there seems to be a face, if nobody wants anything for a moment."""

    epoch: int


@dataclass(frozen=True)
class Detect:
    """Find the faces in the picture shown; if `patient`, only if nobody wants anything for a moment."""

    epoch: int
    detector: str
    patient: bool = False


Command = Generate | GoTo | Draw | Glance | Detect
