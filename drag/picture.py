"""The part of the loss that looks at the picture: guides, and the hold on what lies outside the mask."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.types import Guide

# Without a guide the hold looks at no more than this many px: finer changes are not worth the time.
HOLD_RESOLUTION = 128


class Opinion(NamedTuple):
    """What all guides together make of a picture; with no guides it says nothing.

    Attributes:
        loss: scalar, the sum of their losses.
        points: [N, 2] px, the handles where a guide sees them, else NaN.
        remaining: scalar, the largest share of the way that is left.
        content: scalar bool, whether every guide is.
    """

    loss: Tensor
    points: Tensor
    remaining: Tensor
    content: Tensor


def resolution(guides: Sequence[Guide], holds: bool, image_size: tuple[int, int]) -> int | None:
    """Choose the height at which to look at the picture: that of a block, and enough for every guide.

    None if nobody looks.
    """
    wanted = max((guide.resolution for guide in guides), default=HOLD_RESOLUTION if holds else 0)
    if wanted == 0:
        return None
    height = 4
    while height < wanted:
        height *= 2
    return min(height, image_size[0])


def ask(guides: Sequence[Guide], rgb: Tensor | None, handles: Tensor) -> Opinion:
    """Show the picture [1, 3, r, r] to every guide, at the resolution that it wants.

    Its answers belong to as many handles as there are in `handles` [N, 2].

    Where several guides see a handle, the last one's word counts.
    """
    if not guides or rgb is None:
        nothing = handles.new_empty(0)
        return Opinion(nothing, nothing, nothing, nothing)
    points = torch.full_like(handles, torch.nan)
    losses, shares, content = [], [], []
    for guide in guides:
        reading = guide(shrink(rgb, guide.resolution))
        losses.append(reading.loss)
        shares.append(reading.remaining.detach())
        content.append(reading.remaining.detach() <= guide.tolerance)
        if len(reading.points) == len(handles):
            seen = reading.points.detach().to(points)
            points = torch.where(seen.isnan(), points, seen)
    return Opinion(torch.stack(losses).sum(), points, torch.stack(shares).max(), torch.stack(content).all())


def held_weights(mask: Tensor, rgb: Tensor) -> Tensor | None:
    """Average 1 - mask [H, W] over pixels to [r, r], scaled to a sum of 1; None if nothing is held."""
    held = F.adaptive_avg_pool2d(1 - mask[None], (rgb.shape[2], rgb.shape[3]))[0]
    return held / held.sum() if held.any() else None


def hold(rgb: Tensor, first: Tensor, weights: Tensor) -> Tensor:
    """Compare a picture [1, 3, r, r] with the first one: the weighted mean square of the change."""
    return ((rgb - first).square().mean(dim=(0, 1)) * weights).sum()


def shrink(rgb: Tensor, height: int) -> Tensor:
    """Average a picture [1, 3, H, W] down to a height."""
    if rgb.shape[2] <= height:
        return rgb
    return F.adaptive_avg_pool2d(rgb, (height, max(1, round(rgb.shape[3] * height / rgb.shape[2]))))
