"""How a drag moves w: one vector for every layer, or one for each of the first layers."""

import torch
from torch import Tensor

from drag.config import DragConfig


def directions_of(samples: Tensor) -> Tensor:
    """Find how w spreads: its principal directions, each as long as its standard deviation.

    Moving w along these alone, and weighing a move by them, keeps it where the mapping network leads: a
    direction in which no w ever differs from another is not taken, however much a loss would gain by it.

    Args:
        samples: [n, w_dim], w of n random latents; n of a few times w_dim is enough.

    Returns:
        [w_dim, w_dim], one direction a row, the longest first.
    """
    samples = samples.detach().double()
    centred = samples - samples.mean(dim=0)
    covariance = centred.t() @ centred / max(1, len(samples) - 1)
    variances, axes = torch.linalg.eigh(covariance)
    return (axes * variances.clamp(min=0).sqrt()).t().flip(0).float()


class LatentMove:
    """A start w and a shift of it: w = start + spread · shift · directions.

    In w the shift is one row that every moving layer takes, so that a w+ start keeps the differences between
    its layers; in w+ it has a row for each moving layer.

    Args:
        config: space, moving_layers, preset, natural, tether_weight, tie_weight.
        start: [num_ws, w_dim], where the shift is 0.
        directions: [k, w_dim], what a shift is made of; the components of w themselves if None.
    """

    def __init__(self, config: DragConfig, start: Tensor, directions: Tensor | None = None) -> None:
        layers = config.moved_layers(len(start))
        rows = 1 if config.space == "w" else layers
        self.config = config
        self.start = start
        self.directions = directions if config.natural else None
        self.spread = start.new_zeros(len(start), rows)
        if config.space == "w":
            self.spread[:layers] = 1
        else:
            self.spread.fill_diagonal_(1)

    def zero(self) -> Tensor:
        """The shift that moves nothing, [rows, k]."""
        components = self.start if self.directions is None else self.directions.t()
        return self.start.new_zeros(self.spread.shape[1], components.shape[1])

    def w(self, shift: Tensor) -> Tensor:
        """Apply a shift [rows, k]: [num_ws, w_dim], differentiable."""
        moved = shift if self.directions is None else shift @ self.directions
        return self.start + self.spread @ moved

    def terms(self, shift: Tensor) -> dict[str, Tensor]:
        """What is asked of w itself, weighted: to stay near its start, and its layers to stay together.

        The paper preset takes squared lengths, averaged over rows; the published code a mean absolute value
        over its trained tensor, which in w+ holds every layer.
        """
        config, terms = self.config, dict[str, Tensor]()
        if config.tether_weight > 0 and config.preset == "published":
            trained = self.start.numel() if config.space == "w+" else self.start.shape[1]
            terms["tether"] = config.tether_weight * shift.abs().sum() / trained
        elif config.tether_weight > 0:
            terms["tether"] = config.tether_weight * shift.square().sum(dim=1).mean()
        if config.tie_weight > 0 and len(shift) > 1:
            apart = shift - shift.mean(dim=0)
            terms["tie"] = config.tie_weight * apart.square().sum(dim=1).mean()
        return terms
