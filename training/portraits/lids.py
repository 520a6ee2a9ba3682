"""The curves of eyes and brows, in head coordinates, with the landmarks that lie exactly on them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .factors import Factors


@dataclass(frozen=True)
class Eye:
    """One eye, in its own frame: t runs from -1 at the outer corner to 1 at the inner one, v is down, both
    over its half width.
    """

    f: Factors
    side: int  # -1 for the picture's left, 1 for its right

    @property
    def opening(self) -> Tensor:
        """0 = shut, 1 = open, up to 1.45 = wide [N, 1, 1]."""
        f = self.f
        return (f["eye_open"] * (1 + self.side * f["eye_difference"])).clamp(0, 1.45)

    def local(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Head coordinates -> (t, v)."""
        f = self.f
        across, down = f["eye_distance"] - x * self.side, y - f["eye_height"]
        cos, sin = f["eye_slant"].cos(), f["eye_slant"].sin()
        return (cos * across + sin * down) / f["eye_size"], (-sin * across + cos * down) / f["eye_size"]

    def head(self, t: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """(t, v) -> head coordinates: the inverse of local."""
        f = self.f
        across, down = t * f["eye_size"], v * f["eye_size"]
        cos, sin = f["eye_slant"].cos(), f["eye_slant"].sin()
        across, down = cos * across - sin * down, sin * across + cos * down
        return (f["eye_distance"] - across) * self.side, down + f["eye_height"]

    @staticmethod
    def _arch(t: Tensor) -> Tensor:
        """The shape of a lid: a parabola, fuller towards the outer corner, negative beyond the corners."""
        return (1 - t.square()) * (1 - 0.16 * t.clamp(-1.3, 1.3))

    def lower(self, t: Tensor) -> Tensor:
        """Edge of the lower lid. It comes up a little when the eye shuts."""
        return self._arch(t) * (0.20 + 0.12 * self.opening.clamp(max=1.2))

    def upper(self, t: Tensor) -> Tensor:
        """Edge of the upper lid: on the lower lid when the eye is shut."""
        return self.lower(t) - self._arch(t) * 0.80 * self.opening

    def crease(self, t: Tensor) -> Tensor:
        """The fold above the upper lid, where the lid disappears as the eye opens."""
        return -self._arch(t) * (0.58 + 0.16 * self.opening) - 0.12

    def landmarks(self) -> tuple[Tensor, Tensor]:
        """Outer corner, two of the upper lid, inner corner, two of the lower lid (from the inner corner):
        x, y [N, 6].
        """
        t = torch.tensor([-1.0, -0.36, 0.36, 1.0, 0.36, -0.36], device=self.opening.device)[None, None, :]
        on_upper = torch.tensor([True, True, True, True, False, False], device=t.device)[None, None, :]
        t = t.expand(self.opening.shape[0], 1, 6)
        x, y = self.head(t, torch.where(on_upper, self.upper(t), self.lower(t)))
        return x[:, 0], y[:, 0]


@dataclass(frozen=True)
class Brow:
    """One brow: s runs from -1 at its inner end to 1 at its outer end."""

    f: Factors
    side: int

    def span(self) -> tuple[Tensor, Tensor]:
        """Distance of the inner and the outer end from the face's axis."""
        return self.f["eye_distance"] - 0.124, self.f["eye_distance"] + 0.146

    def local(self, x: Tensor) -> Tensor:
        """Head coordinate x -> s along the brow."""
        inner, outer = self.span()
        return (x * self.side - inner) / (outer - inner) * 2 - 1

    def middle(self, s: Tensor) -> Tensor:
        """Height of the brow's middle line."""
        f = self.f
        arch = f["brow_arch"] * (1 - (s - 0.25).square())
        lift = f["brow_raise"] + 0.02 * (f["eye_open"] - 0.9)
        return f["eye_height"] - 0.165 - lift - arch - f["brow_slant"] * s + 0.012 * s.clamp(min=0).square()

    def thickness(self, s: Tensor) -> Tensor:
        """Full at the inner third, tapering to the outer end, rounded at the inner one."""
        taper = (1 - 0.75 * ((s + 0.4) / 1.4).clamp(0, 1).square()) * (1 - s.clamp(max=1.2).pow(8)).clamp(
            min=0
        ).sqrt()
        return self.f["brow_thickness"] * taper

    def landmarks(self) -> tuple[Tensor, Tensor]:
        """Five points from the outer to the inner end, x, y [N, 5]."""
        s = torch.linspace(0.96, -0.92, 5, device=self.f["brow_arch"].device)[None, None, :]
        inner, outer = self.span()
        x = (inner + (s + 1) / 2 * (outer - inner)) * self.side
        return x[:, 0], self.middle(s)[:, 0]
