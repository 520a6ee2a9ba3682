"""The outlines of head, nose and mouth, in head coordinates, with the landmarks that lie exactly on them.

The drawing asks the same curves as the landmarks do, so a landmark is right by construction.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .factors import Factors

SKULL_HEIGHT = 0.60
CHEEK_Y = -0.02


@dataclass(frozen=True)
class Head:
    """The outline: half an ellipse above the cheekbones, a superellipse below them that narrows towards the
    chin.
    """

    f: Factors

    @property
    def chin(self) -> Tensor:
        """Height of the chin [N, 1, 1]; an open mouth takes it down."""
        return self.f["face_length"] + 0.075 * self.f["mouth_open"]

    def outline(self, x: Tensor, y: Tensor) -> Tensor:
        """Implicit function of the head, negative inside."""
        f = self.f
        above = (x / f["face_width"]).square() + ((y - CHEEK_Y) / SKULL_HEIGHT).square() - 1
        share = ((y - CHEEK_Y) / (self.chin - CHEEK_Y)).clamp(min=1e-4)
        width = f["face_width"] * (1 - f["jaw_taper"] * share).clamp(min=0.3)
        below = (x.abs() / width).clamp(min=1e-4).pow(f["cheek"]) + share.pow(f["jaw_square"]) - 1
        return torch.where(y < CHEEK_Y, above, below)

    def jaw(self) -> tuple[Tensor, Tensor]:
        """Landmarks 0-16, x and y [N, 17]."""
        f = self.f
        angle = torch.linspace(-1, 1, 17, device=self.chin.device)[None, None, :] * (torch.pi / 2)
        share = angle.cos().clamp(0, 1)
        width = f["face_width"] * (1 - f["jaw_taper"] * share)
        x = width * (1 - share.pow(f["jaw_square"])).clamp(min=0).pow(1 / f["cheek"]) * angle.sign()
        return x[:, 0], (CHEEK_Y + (self.chin - CHEEK_Y) * share)[:, 0]


@dataclass(frozen=True)
class Nose:
    """The nose: a bridge on the face's axis and a base; a turn carries its tip further than the rest of the
    face.
    """

    f: Factors

    @property
    def top(self) -> Tensor:
        """Height of the bridge between the eyes."""
        return self.f["eye_height"] - 0.012

    @property
    def tip(self) -> Tensor:
        """Height of the tip."""
        return self.f["eye_height"] + self.f["nose_length"] - 0.012

    @property
    def base(self) -> Tensor:
        """Height of the wings and nostrils."""
        return self.tip + 0.042

    def axis(self, y: Tensor) -> Tensor:
        """Where the bridge runs at height y."""
        share = ((y - self.top) / (self.tip - self.top)).clamp(0, 1.2)
        return self.f["turn"] * 0.42 * share.square()

    def base_curve(self, t: Tensor) -> Tensor:
        """Height of the base at t = -1 (left wing) .. 1 (right wing): lowest in the middle, under the
        septum.
        """
        return self.base + 0.012 * (1 - t.square()) - 0.008 * t.square()

    def landmarks(self) -> tuple[Tensor, Tensor]:
        """27-30 down the bridge, 31-35 along the base, x, y [N, 9]."""
        device = self.top.device
        down = torch.linspace(0, 1, 4, device=device)[None, None, :]
        y = self.top + (self.tip - self.top) * down
        t = torch.linspace(-1, 1, 5, device=device)[None, None, :].expand(y.shape[0], 1, 5)
        base = self.base_curve(t)
        x = torch.cat([self.axis(y), self.axis(base) + t * self.f["nose_width"]], dim=2)
        return x[:, 0], torch.cat([y, base], dim=2)[:, 0]


@dataclass(frozen=True)
class Mouth:
    """The lips: four curves over t, -1 at the left corner to 1 at the right one."""

    f: Factors

    @property
    def half_width(self) -> Tensor:
        """From the middle to a corner; wider with a smile, narrower when open."""
        f = self.f
        return f["mouth_width"] * (1 - 0.14 * f["mouth_open"] + 0.10 * f["smile"].clamp(min=0))

    def axis(self) -> Tensor:
        """Where the middle of the mouth stands; a turn carries it along."""
        return self.f["turn"] * 0.16

    def local(self, x: Tensor) -> Tensor:
        """Head coordinate x -> t along the mouth."""
        return (x - self.axis()) / self.half_width

    @staticmethod
    def _bulge(t: Tensor) -> Tensor:
        return 1 - t.square()

    def middle(self, t: Tensor) -> Tensor:
        """The line on which the closed lips meet; a smile lifts its corners."""
        f = self.f
        height = f["eye_height"] + f["nose_length"] + 0.178 + f["mouth_height"] - 0.010 * f["smile"]
        return height - 0.040 * f["smile"] * t.square().clamp(max=2) + 0.006 * torch.exp(-(t / 0.3).square())

    def inner_upper(self, t: Tensor) -> Tensor:
        """Lower edge of the upper lip."""
        return self.middle(t) - self._bulge(t) * 0.022 * self.f["mouth_open"]

    def inner_lower(self, t: Tensor) -> Tensor:
        """Upper edge of the lower lip."""
        full = 1 - t.abs().pow(2.5)
        return self.middle(t) + full * 0.118 * self.f["mouth_open"]

    def outer_upper(self, t: Tensor) -> Tensor:
        """Upper edge of the upper lip, with its bow."""
        bow = self._bulge(t) * (
            1 + 0.22 * torch.exp(-((t.abs() - 0.30) / 0.18).square()) - 0.16 * torch.exp(-(t / 0.15).square())
        )
        thin = 1 - 0.18 * self.f["smile"].clamp(min=0) - 0.12 * self.f["mouth_open"]
        return self.inner_upper(t) - bow * self.f["upper_lip"] * thin

    def outer_lower(self, t: Tensor) -> Tensor:
        """Lower edge of the lower lip."""
        full = 1 - t.abs().pow(2.4)
        return self.inner_lower(t) + full * self.f["lower_lip"] * (1 - 0.12 * self.f["smile"].clamp(min=0))

    def landmarks(self) -> tuple[Tensor, Tensor]:
        """48-59 around the lips, 60-67 around the opening, x, y [N, 20]."""
        device = self.half_width.device

        def at(*places: float) -> Tensor:
            t = torch.tensor(places, device=device)[None, None, :]
            return t.expand(self.half_width.shape[0], 1, len(places))

        rim, lip, gap, corner = (
            at(-1.0, 1.0),
            at(-0.64, -0.30, 0.0, 0.30, 0.64),
            at(-0.45, 0.0, 0.45),
            at(-0.86, 0.86),
        )
        ends = self.middle(rim)
        inner_ends = (self.inner_upper(corner) + self.inner_lower(corner)) / 2
        pieces = [
            (rim[..., :1], ends[..., :1]),
            (lip, self.outer_upper(lip)),
            (rim[..., 1:], ends[..., 1:]),
            (lip.flip(2), self.outer_lower(lip.flip(2))),
            (corner[..., :1], inner_ends[..., :1]),
            (gap, self.inner_upper(gap)),
            (corner[..., 1:], inner_ends[..., 1:]),
            (gap.flip(2), self.inner_lower(gap.flip(2))),
        ]
        x = torch.cat([t for t, _ in pieces], dim=2) * self.half_width + self.axis()
        return x[:, 0], torch.cat([y for _, y in pieces], dim=2)[:, 0]
