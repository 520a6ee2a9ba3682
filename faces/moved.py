"""What an edit moved in a frame: where it shows, and where one thing took another's place."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from faces.landmarks import Picture
from faces.masks import Mask

# Differences of two frames, 0..255: an edit is where it is at least SURE somewhere, and reaches out to where
# it falls below FAINT. What lies beneath is a tremor of the generator.
SURE, FAINT = 10.0, 3.0

# From FIRST on a difference is more than another shade; at FULL something else is there.
FIRST, FULL = 10.0, 36.0

# A photograph's detail is unlike the drawn one from this difference on, 0..255, without what is only shade:
# differences that are wider than COARSE of the side. So far from what is replaced it may be a leftover.
UNLIKE, COARSE, LEFTOVER = 11.0, 1 / 20, 1 / 12

# Shares of the frame's side: how far a difference is averaged, how far the mask goes on past what moved and
# fades then, how far past its own mask an edit is believed, and over what the frame's border is held.
BLUR, MARGIN, FEATHER, BELIEVED, BORDER = 1 / 160, 1 / 80, 1 / 32, 1 / 24, 1 / 24


@dataclasses.dataclass(frozen=True, eq=False)
class Moved:
    """`mask` [S, S] float32: how much of an edit is shown; `core` [S, S] float32: where it replaces."""

    mask: Mask
    core: Mask


def moved(before: Picture, after: Picture, mask: Mask | None = None) -> Moved:
    """See what an edit moved.

    Args:
        before: uint8 [S, S, 3].
        after: likewise.
        mask: [S, S] float32 in 0..1, where it was meant to; None is everywhere.

    Returns:
        Two masks, both 0 wherever nothing was moved, and `core` only where `mask` is.
    """
    from scipy import ndimage

    side = before.shape[0]
    difference = np.abs(after.astype(np.float32) - before.astype(np.float32)).max(axis=2)
    if not difference.any():
        return Moved(np.zeros_like(difference), np.zeros_like(difference))
    difference = ndimage.gaussian_filter(difference, max(side * BLUR, 0.7))
    shown = difference > FAINT
    if mask is not None:
        shown &= _distance(mask > 0.05) <= side * BELIEVED
    parts, count = ndimage.label(shown)
    sure = np.unique(parts[shown & (difference > SURE)])
    shown = np.isin(parts, sure[sure > 0])
    hold = _held_border(side)
    wide = _fade((_distance(shown) - side * MARGIN) / (side * FEATHER)) * hold
    core = ((difference - FIRST) / (FULL - FIRST)).clip(0, 1) * shown
    # A little further, and softly: old detail must not stand along the core's edge.
    reach = max(1, round(side * MARGIN))
    core = ndimage.grey_dilation(core, size=(2 * reach + 1, 2 * reach + 1))
    core = ndimage.gaussian_filter(core, reach / 2) * (wide > 0)
    return Moved(wide.astype(np.float32), core.astype(np.float32).clip(0, 1))


def with_leftovers(change: Moved, residual: NDArray[np.float32]) -> Moved:
    """Let what is replaced take along what the generator had drawn elsewhere.

    Where the drawn mouth is not quite where the photograph has it, a piece of the old lip would stand beside
    the new mouth: what differs in structure, near the core and connected with it, belongs to it.

    Args:
        change: what an edit moved.
        residual: float32 [S, S, 3], the photograph's frame less the drawn one before the edit.
    """
    from scipy import ndimage

    side = residual.shape[0]
    sure = change.core > 0.97
    if not sure.any():
        return change
    structure = residual - ndimage.gaussian_filter(residual, (side * COARSE, side * COARSE, 0))
    structure = ndimage.gaussian_filter(np.abs(structure).max(axis=2), max(side * BLUR, 0.7))
    near = _distance(sure) <= side * LEFTOVER
    parts, _ = ndimage.label(sure | (near & (structure > UNLIKE)))
    whole = np.isin(parts, np.unique(parts[sure]))
    hold = _held_border(side)
    away = _distance(whole)
    core = np.maximum(change.core, 1 - _ramp((away - side * MARGIN / 2) / (side * MARGIN)))
    mask = np.maximum(change.mask, _fade((away - side * MARGIN) / (side * FEATHER)) * hold)
    return Moved(mask.astype(np.float32), (core * (mask > 0)).astype(np.float32))


def _ramp(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return share.clip(0.0, 1.0)


def _distance(places: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Measure how far each pixel is from the nearest of some places, px; infinite where there are none."""
    from scipy import ndimage

    if not places.any():
        return np.full(places.shape, np.inf)
    return np.asarray(ndimage.distance_transform_edt(~places))


def _fade(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fall smoothly from 1 at 0 to 0 at 1."""
    t = share.clip(0.0, 1.0)
    return 1 - t * t * (3 - 2 * t)


def _held_border(side: int) -> NDArray[np.float64]:
    """Rise from 0 at the frame's border to 1 a little way in."""
    along = np.minimum(np.arange(side), np.arange(side)[::-1]) / (side * BORDER)
    return 1 - _fade(np.minimum(along[:, None], along[None, :]))
