"""How a drag moves w: one vector for every layer, or one for each of the first layers."""

from torch import Tensor

from drag.config import DragConfig


class LatentMove:
    """A start w and a shift of it: w = start + spread · shift.

    In w the shift is one row that every moving layer takes, so that a w+ start keeps the differences between
    its layers; in w+ it has a row for each moving layer.

    Args:
        config: space, moving_layers, preset, tether_weight, tie_weight.
        start: [num_ws, w_dim], where the shift is 0.
        tethered_to: [num_ws, w_dim], what the tether pulls back to.
    """

    def __init__(self, config: DragConfig, start: Tensor, tethered_to: Tensor) -> None:
        layers = config.moved_layers(len(start))
        rows = 1 if config.space == "w" else layers
        self.config = config
        self.start = start
        self.tethered_to = tethered_to
        self.spread = start.new_zeros(len(start), rows)
        if config.space == "w":
            self.spread[:layers] = 1
        else:
            self.spread.fill_diagonal_(1)

    def zero(self) -> Tensor:
        """The shift that moves nothing, [rows, w_dim]."""
        return self.start.new_zeros(self.spread.shape[1], self.start.shape[1])

    def w(self, shift: Tensor) -> Tensor:
        """Apply a shift [rows, w_dim]: [num_ws, w_dim], differentiable."""
        return self.start + self.spread @ shift

    def terms(self, shift: Tensor) -> dict[str, Tensor]:
        """What is asked of w itself, weighted: to stay near its start, and its layers to stay together.

        The paper preset takes mean squares over the moving components; the published code a mean absolute
        value over its trained tensor, which in w+ holds every layer.
        """
        config, terms = self.config, dict[str, Tensor]()
        if config.tether_weight > 0:
            away = self.w(shift) - self.tethered_to
            if config.preset == "published":
                distance = (away if config.space == "w+" else away[:1]).abs().mean()
            else:
                distance = away[self.spread.any(dim=1)].square().mean()
            terms["tether"] = config.tether_weight * distance
        if config.tie_weight > 0 and len(shift) > 1:
            terms["tie"] = config.tie_weight * (shift - shift.mean(dim=0)).square().mean()
        return terms
