"""What the two networks are taught: to look real (GAN) and to be right (L1)."""

from typing import Literal, get_args

import torch.nn.functional as F
from torch import Tensor

GanKind = Literal["vanilla", "lsgan", "none"]
GAN_KINDS: tuple[GanKind, ...] = get_args(GanKind)


def gan_loss(kind: GanKind, scores: Tensor, real: bool) -> Tensor:
    """How far scores are from saying `real` (or fake), a mean over all patches.

    `vanilla` is the binary cross-entropy of Goodfellow et al. 2014, with the generator's form that does not
    saturate; `lsgan` the squared distance to 1 or 0 of Mao et al. 2017.

    Args:
        scores: the discriminator's, before any sigmoid, of any shape.
    """
    goal = scores.new_full((), 1.0 if real else 0.0).expand_as(scores)
    if kind == "vanilla":
        return F.binary_cross_entropy_with_logits(scores, goal)
    if kind == "lsgan":
        return F.mse_loss(scores, goal)
    raise ValueError(f"GAN loss {kind!r}: expected vanilla or lsgan")
