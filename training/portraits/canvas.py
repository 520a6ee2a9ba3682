"""A batch of pictures that shapes are painted on, antialiased from implicit functions."""

import torch
from torch import Tensor

from .factors import Factors

# The parts of the label map, in this order from 0.
PARTS = (
    "background", "hair", "clothes", "neck", "ear", "skin", "brow",
    "eye", "iris", "lid", "nose", "lip", "mouth", "teeth",
)  # fmt: skip

_TURN_REACH = 0.62
_NOD_REACH = 0.80


def _bend(value: Tensor, amount: Tensor, reach: float) -> Tensor:
    """Shift coordinates by `amount` in the middle, falling off as a parabola to nothing at ±reach."""
    return value + amount * (1 - (value / reach).square()).clamp(min=0)


def _unbend(value: Tensor, amount: Tensor, reach: float) -> Tensor:
    """The exact inverse of _bend (the stable root of its quadratic)."""
    inner = value - amount
    root = (1 - 4 * amount / reach**2 * inner).clamp(min=1e-6).sqrt()
    return torch.where(value.abs() < reach, 2 * inner / (1 + root), value)


class Pose:
    """Between the head's own frame (frontal, upright) and the picture.

    Turn and nod bend the frame, tilt rotates it about the neck. A turn slides the features over the head
    while its outline stays, which is what a small turn looks like.
    """

    _PIVOT_Y = 0.62

    def __init__(self, f: Factors) -> None:
        self._f = f
        self._cos, self._sin = f["tilt"].cos(), f["tilt"].sin()

    def to_picture(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Head coordinates -> picture coordinates, both with -1..1 from border to border, y down."""
        f = self._f
        x, y = _bend(x, f["turn"], _TURN_REACH), _bend(y, f["nod"], _NOD_REACH)
        x, y = x * f["size"], (y - self._PIVOT_Y) * f["size"]
        x, y = self._cos * x - self._sin * y, self._sin * x + self._cos * y
        return x + f["shift_x"], y + self._PIVOT_Y + f["shift_y"]

    def to_head(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Picture coordinates -> head coordinates: the inverse of to_picture."""
        f = self._f
        x, y = x - f["shift_x"], y - self._PIVOT_Y - f["shift_y"]
        x, y = self._cos * x + self._sin * y, -self._sin * x + self._cos * y
        x, y = x / f["size"], y / f["size"] + self._PIVOT_Y
        return _unbend(x, f["turn"], _TURN_REACH), _unbend(y, f["nod"], _NOD_REACH)


def cover(distance: Tensor) -> Tensor:
    """Implicit function [N, h, w], negative inside -> the share of each pixel that lies inside, 0..1.

    The function is divided by the length of its gradient on the pixel grid, which gives the distance to the
    edge in
    pixels to first order (Taubin 1994), whatever its scale and however it was bent.
    """
    dy, dx = torch.gradient(distance, dim=(-2, -1))
    length = (dx.square_().add_(dy.square_())).sqrt_().add_(1e-6)
    return (0.5 - distance / length).clamp_(0, 1)


def between(lower: Tensor, upper: Tensor) -> Tensor:
    """Pixel shares inside both implicit functions. Exactly nothing where two edges meet, however thin the
    sliver.
    """
    return (cover(lower) + cover(upper) - 1).clamp_(min=0)


def soft(distance: Tensor, width: float) -> Tensor:
    """A feathered edge: 1 inside, 0 outside, over `width` in the function's own units."""
    return torch.sigmoid(distance * (-4.0 / width))


def spot(
    x: Tensor, y: Tensor, cx: Tensor | float, cy: Tensor | float, rx: float | Tensor, ry: float | Tensor
) -> Tensor:
    """A soft round spot with a Gaussian profile, 1 in its middle."""
    return torch.exp(-(((x - cx) / rx).square() + ((y - cy) / ry).square()))


class Patch:
    """A rectangle of the canvas that one part is painted on: coordinates x, y of the head (or body) and the
    pixels.
    """

    def __init__(self, image: Tensor, labels: Tensor, x: Tensor, y: Tensor) -> None:
        self.image, self.labels, self.x, self.y = image, labels, x, y

    def paint(self, share: Tensor, colour: Tensor, part: str | None = None) -> None:
        """Lay a colour [N, 3, 1, 1] (or [N, 3, h, w]) over the pixels with shares [N, h, w]; name its part
        in the labels.
        """
        self.image += (colour - self.image) * share[:, None]
        if part is not None:
            self.labels[share > 0.5] = PARTS.index(part)


class Canvas:
    """N square pictures, painted from back to front; labels [N, S, S] uint8 say which part each pixel
    shows.
    """

    def __init__(self, f: Factors, size: int) -> None:
        count = f["turn"].shape[0]
        device = f["turn"].device
        centres = (torch.arange(size, device=device) + 0.5) * (2 / size) - 1
        self.size = size
        self.image = torch.zeros(count, 3, size, size, device=device)
        self.labels = torch.zeros(count, size, size, dtype=torch.uint8, device=device)
        self._px = centres[None, None, :].expand(count, size, size)
        self._py = centres[None, :, None].expand(count, size, size)
        self._hx, self._hy = Pose(f).to_head(self._px, self._py)

    def patch(
        self, top: float = -1, bottom: float = 1, left: float = -1, right: float = 1, *, body: bool = False
    ) -> Patch:
        """The pixels within a rectangle of the picture (-1..1), with head coordinates, or the picture's own
        for the body.
        """
        rows = slice(self._pixel(top), self._pixel(bottom))
        columns = slice(self._pixel(left), self._pixel(right))
        x, y = (self._px, self._py) if body else (self._hx, self._hy)
        return Patch(
            self.image[:, :, rows, columns],
            self.labels[:, rows, columns],
            x[:, rows, columns],
            y[:, rows, columns],
        )

    def _pixel(self, place: float) -> int:
        return max(0, min(self.size, round((place + 1) / 2 * self.size)))
