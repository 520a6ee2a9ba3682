"""A leap, where a guide sees no slope: the slope is borrowed from other pictures.

Lips that are closed stay closed whichever way w goes by a little: the way to open them does not show there.
It shows in other faces, and directions of w do much the same in all of them. So the guide looks at a few
pictures drawn at random around the start, the mean of its slopes there is the way, and the drag goes on
from where that way brought it nearest.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from drag import picture
from drag.latent import LatentMove
from drag.together import Look, evaluate
from drag.types import Generator, Guide

# So many pictures are looked at, so far from the start, in standard deviations of each direction.
PICTURES, SPREAD = 6, 0.7
# Directions that have less than this share of the greatest one's part in the slope are left out.
LEAST_PART = 0.45
# Leaps so long are tried, in standard deviations.
LENGTHS = (1.5, 2.5, 3.5)
# A drag is stuck that after so many steps has more than this share of its way left.
STUCK_AFTER, STUCK = 3, 0.9
# A leap is taken if no more than this share of the way is left after it.
WORTH_IT = 0.75


class Leap:
    """The one leap that a drag may do; it is asked for at every step."""

    def __init__(self) -> None:
        self._done = False

    def offer(
        self, generator: Generator, guides: Sequence[Guide], look: Look, is_late: bool, remaining: float
    ) -> Tensor | None:
        """Give the shift to go on from, if the drag is stuck and a leap helps; else None.

        Args:
            generator: makes the pictures.
            guides: of the drag.
            look: how the drag looks at its best state.
            is_late: the drag would end here, or did `STUCK_AFTER` steps.
            remaining: share of the way that is left there.
        """
        stuck = is_late and remaining > STUCK
        if self._done or not stuck or not guides or look[1].directions is None:
            return None
        self._done = True
        return leap(generator, guides, look)


def leap(generator: Generator, guides: Sequence[Guide], look: Look) -> Tensor | None:
    """Find a shift from which a stuck drag may go on.

    Args:
        generator: makes the pictures.
        guides: of the drag.
        look: how the drag looks at the state where it is stuck.

    Returns:
        The shift [rows, k]; None if no leap comes near enough, or no guide tells how far others are.
    """
    evaluator, move, shift = look
    way = slope_elsewhere(generator, guides, move)
    if way is None:
        return None
    shifts = [shift + length * way.cpu() for length in LENGTHS]
    left = [evaluate(generator, [(evaluator, move, there)])[0].guided or 0.0 for there in shifts]
    nearest = min(range(len(left)), key=left.__getitem__)
    return shifts[nearest] if left[nearest] <= WORTH_IT else None


def slope_elsewhere(generator: Generator, guides: Sequence[Guide], move: LatentMove) -> Tensor | None:
    """Find the slope of what guides call gone in random pictures: a unit shift [rows, k]; None if it is flat.

    Of all pictures the mean is taken: in most of them there is no slope, and a median would be none.
    """
    resolution = picture.resolution(guides, False, generator.image_size)
    random = torch.Generator().manual_seed(0)
    zero = move.zero()
    slopes = []
    for _ in range(PICTURES):
        # One and the same for all rows: a picture of the mapping's own.
        there = SPREAD * torch.randn(1, zero.shape[1], generator=random).to(zero).expand_as(zero)
        with torch.enable_grad():
            shift = there.clone().requires_grad_()
            rgb = generator.taps(move.w(shift)[None], rgb_resolution=resolution, noise_mode="const").rgb
            if rgb is None:
                return None
            readings = [guide(picture.shrink(rgb[:, :3].float(), guide.resolution)) for guide in guides]
            gone = [reading.gone for reading in readings if reading.gone is not None]
            if not gone:
                return None
            slopes.append(torch.autograd.grad(torch.stack(gone).sum(), shift)[0])
    middle = torch.stack(slopes).mean(dim=0)
    middle = torch.where(middle.abs() >= LEAST_PART * middle.abs().max(), middle, 0.0)
    length = middle.norm()
    return middle / length if bool(length > 0) and bool(length.isfinite()) else None
