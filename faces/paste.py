"""An edited face goes back into its photograph, and no other pixel of it changes.

What the generator draws is coarser than the photograph and never quite the face. So not the drawn face is put
into the photograph but what the edit changed: the difference of the drawn frames before and after, at the
photograph's own resolution, where it is more than a tremor. Skin keeps its pores so. Where the edit put one
thing in another's place (a lip where there was none) the old detail would shine through: there the drawn face
itself is shown, its colours matched to the photograph's along the border by the membrane of Poisson image
editing (Pérez et al., 2003).
"""

import dataclasses
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from faces.align import Alignment, cut_out
from faces.landmarks import Picture, PictureError
from faces.masks import Mask
from faces.moved import Moved, moved, with_leftovers
from faces.seam import membrane

# The membrane is smooth: it is computed at this side at most, px.
SEAM_SIDE = 256

# Rows of the photograph that are computed at a time.
BAND = 512

# What a colour weighs in a grey photograph (ITU-R BT.601).
_GREY = (0.299, 0.587, 0.114)


@dataclasses.dataclass(frozen=True, eq=False)
class Paste:
    """Puts edits of one face back into one photograph.

    Attributes:
        pixels: the photograph, [H, W, C] uint8 or uint16: grey or RGB, with or without alpha.
        alignment: where the face was cut out.
        inverted: the frame before any edit, uint8 [S, S, 3], as the generator drew the face.
        residual: what it failed to draw, float32 [S, S, 3]: the frame that was cut out less `inverted`.
    """

    pixels: NDArray[Any]
    alignment: Alignment
    inverted: Picture
    residual: NDArray[np.float32]

    @classmethod
    def of(cls, pixels: NDArray[Any], rgb: Picture, alignment: Alignment, inverted: Picture) -> "Paste":
        """Prepare for edits.

        Args:
            pixels: [H, W, C], the photograph.
            rgb: the same as uint8 [H, W, 3].
            alignment: where the face was cut out; its size is that of `inverted`.
            inverted: uint8 [S, S, 3].

        Raises:
            PictureError: if the sizes do not go together.
        """
        side = alignment.size
        if inverted.shape != (side, side, 3) or pixels.shape[:2] != rgb.shape[:2]:
            raise PictureError(f"a frame of {side} × {side} was expected; this one is {inverted.shape}")
        residual = cut_out(rgb, alignment).astype(np.float32) - inverted.astype(np.float32)
        return cls(pixels, alignment, inverted, residual)

    def with_edit(self, edited: Picture, mask: Mask | None = None) -> NDArray[Any]:
        """Give the photograph with an edit in it.

        Args:
            edited: uint8 [S, S, 3], the frame after the edit.
            mask: [S, S] float32, where the edit was meant to move something; None is everywhere.

        Returns:
            [H, W, C] of the photograph's type. Where the edit moved nothing each pixel is what it was.
        """
        change = with_leftovers(moved(self.inverted, edited, mask), self.residual)
        return self._put(edited, change)

    def with_whole_face(self, edited: Picture, mask: Mask) -> NDArray[Any]:
        """Give the photograph with the drawn face in it, from ear to ear, edited or not.

        Args:
            edited: uint8 [S, S, 3].
            mask: [S, S] float32, 1 where the face is.
        """
        return self._put(edited, Moved(mask, mask))

    def _put(self, edited: Picture, change: Moved) -> NDArray[Any]:
        pixels = self.pixels.copy()
        box = self._box(change.mask)
        if box is None:
            return pixels
        left, top, right, bottom = box
        layers = self._layers(edited, change)
        for row in range(top, bottom, BAND):
            end = min(row + BAND, bottom)
            band = self._sampled(layers, (left, row, right, end))
            pixels[row:end, left:right] = self._changed(pixels[row:end, left:right], band)
        return pixels

    # ------------------------------------------------------------------------
    # What is laid over the photograph.

    def _layers(self, edited: Picture, change: Moved) -> Tensor:
        """Stack what is sampled at the photograph's pixels: [1, 11, S, S].

        The drawn frame before, its difference to the one after, the membrane, the mask, the core.
        """
        before = self.inverted.astype(np.float32)
        difference = edited.astype(np.float32) - before
        seam = _membrane(self.residual, change.core)
        stack = np.concatenate(
            [before, difference, seam, change.mask[..., None], change.core[..., None]], axis=2
        )
        layers = torch.from_numpy(stack).permute(2, 0, 1)[None]
        side = round(self.alignment.side)
        if side < self.alignment.size:  # Many of the frame's pixels to one of the photograph's: average.
            layers = F.interpolate(layers, size=(side, side), mode="bilinear", antialias=True)
        return layers

    def _box(self, mask: Mask) -> tuple[int, int, int, int] | None:
        """Bound the photograph's pixels that a mask of the frame can touch: left, top, right, bottom."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows) == 0:
            return None
        # Interpolation reaches two pixels further; of a shrunken frame these are larger ones.
        reach = 2 + 2 * max(1.0, self.alignment.size / self.alignment.side)
        x, y = (columns[0] - reach, columns[-1] + reach), (rows[0] - reach, rows[-1] + reach)
        corners = self.alignment.to_photograph([(a, b) for a in x for b in y])
        height, width = self.pixels.shape[:2]
        left, top = np.floor(corners.min(axis=0)).clip(0, (width, height)).astype(int).tolist()
        right, bottom = np.ceil(corners.max(axis=0) + 1).clip(0, (width, height)).astype(int).tolist()
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _sampled(self, layers: Tensor, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
        """Sample layers at the photograph's pixels of a box: [h, w, layers]."""
        left, top, right, bottom = box
        places = np.stack(np.meshgrid(np.arange(left, right), np.arange(top, bottom)), axis=-1)
        shares = (self.alignment.to_frame(places) + 0.5) / self.alignment.size * 2 - 1
        grid = torch.from_numpy(shares.astype(np.float32))[None]
        sampled = F.grid_sample(layers, grid, mode="bicubic", padding_mode="border", align_corners=False)
        outside = (abs(shares) > 1).any(axis=2)
        found = sampled[0].permute(1, 2, 0).numpy()
        found[..., 9:] = found[..., 9:].clip(0, 1)
        found[outside, 9] = 0
        return found

    def _changed(self, pixels: NDArray[Any], band: NDArray[np.float32]) -> NDArray[Any]:
        """Lay a band over the photograph's pixels of the same place."""
        full = np.iinfo(pixels.dtype).max
        channels = pixels.shape[2]
        colours = 1 if channels <= 2 else 3
        before, difference, seam = band[..., :3], band[..., 3:6], band[..., 6:9]
        mask, core = band[..., 9:10], band[..., 10:11]
        own = pixels[..., :colours].astype(np.float32)
        lost = own * np.float32(255 / full) - before
        change = mask * (difference + core * (seam - lost))
        if colours == 1:
            change = (change * np.array(_GREY, np.float32)).sum(axis=2, keepdims=True)
        result = pixels.copy()
        new = (own + change * np.float32(full / 255)).round().clip(0, full).astype(pixels.dtype)
        result[..., :colours] = np.where(change != 0, new, pixels[..., :colours])
        return result


def _membrane(residual: NDArray[np.float32], core: Mask) -> NDArray[np.float32]:
    """Span the residual smoothly over the core from what it is around it: [S, S, 3]."""
    side = residual.shape[0]
    size = min(side, SEAM_SIDE)
    small = np.stack([_resized(residual[..., i], size) for i in range(3)], axis=2)
    spanned = membrane(small, _resized(core, size) > 0.01)
    return np.stack([_resized(spanned[..., i], side) for i in range(3)], axis=2)


def _resized(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    if values.shape[0] == side:
        return values
    picture = Image.fromarray(values).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(picture, dtype=np.float32)
