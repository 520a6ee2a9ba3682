"""The mask term where only parts of the features are known: those exactly, the rest by a lower block."""

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.view import View, covered

# Bounds of how much more (or less) the features that count change than those of the lower block.
LEAST_RATIO, MOST_RATIO = 0.1, 10.0


def hold_in_parts(features: Tensor, first: Tensor, held: Tensor, view: View, change_below: Tensor) -> Tensor:
    """Estimate the mean of held · |change| over a whole map of which the view's parts are known.

    Inside the parts it is exact. Outside, a lower block's change stands for it, cell by cell, scaled by what
    the two have to do with each other inside the parts in this very state. In w+ with the first six layers
    moving, all that the features hear of w has passed that block: where it does not change, nor do they.

    Args:
        features: [1, C, h, w], what the view shows; what lies between its parts does not count.
        first: [1, C, H, W], the whole map of the first state.
        held: [H, W], how much each cell is held.
        view: where the parts are.
        change_below: [1, C', H', W'], the lower block's features less those of the first state.

    Returns:
        A scalar, differentiable in features and change_below.
    """
    inside = covered(view.parts, (held.shape[0], held.shape[1]), held.device)
    change = (features - view.of(first)).abs().mean(dim=(0, 1)) * view.of(inside)
    below = change_below.abs().mean(dim=(0, 1))
    with torch.no_grad():
        share = F.adaptive_avg_pool2d(inside[None], (below.shape[0], below.shape[1]))[0]
        held_outside = F.adaptive_avg_pool2d((held * (1 - inside))[None], (below.shape[0], below.shape[1]))[0]
        known, known_below = change.sum() / inside.sum(), (below * share).sum() / share.sum()
        ratio = (known / known_below.clamp(min=1e-12)).clamp(LEAST_RATIO, MOST_RATIO)
    return (change * view.of(held)).sum() / held.numel() + ratio * (below * held_outside).mean()
