"""How far a step goes: rules that turn a loss and its slope into the next position.

A rule works on the host, on the few hundred or thousand components of a drag's own vector, and holds no more
than its own memory: the position goes in and a new one comes out.
"""

import math
from collections import deque
from typing import Protocol

import torch
from torch import Tensor

from drag.config import DragConfig

# After so many failed steps in a row the memory is cleared: the loss was not what it had seemed.
FAILURES = 2


class StepRule(Protocol):
    """Turns each state of a drag into the next."""

    def next(self, position: Tensor, loss: float, gradient: Tensor) -> Tensor:
        """Say where to go from `position`, where the loss is `loss` and its slope `gradient`."""


def make_rule(config: DragConfig) -> StepRule:
    """Choose the rule that the config asks for."""
    if config.step_rule == "adaptive":
        return QuasiNewton(config.step_size)
    return Adam(config.step_size)


class Adam:
    """Adam (Kingma and Ba, 2015) with betas 0.9 and 0.999 and eps 1e-8.

    Args:
        step_size: about how far a component moves in a step.
    """

    def __init__(self, step_size: float) -> None:
        self.step_size = step_size
        self._count = 0
        self._mean: Tensor | None = None
        self._square: Tensor | None = None

    def next(self, position: Tensor, loss: float, gradient: Tensor) -> Tensor:
        """Go against the running mean of the slope, over the root of the running mean of its square."""
        if self._mean is None or self._square is None:
            self._mean, self._square = torch.zeros_like(gradient), torch.zeros_like(gradient)
        self._count += 1
        self._mean = torch.lerp(self._mean, gradient, 0.1)
        self._square = 0.999 * self._square + 0.001 * gradient.square()
        mean_share = 1 - 0.9**self._count
        square_share = 1 - 0.999**self._count
        scale = self._square.sqrt() / math.sqrt(square_share) + 1e-8
        return position - self.step_size / mean_share * self._mean / scale


class QuasiNewton:
    """L-BFGS (Liu and Nocedal, 1989) with one evaluation a step: no search along the line.

    The latest slopes make a model of the loss, and the step goes to its foot, but no further than `reach`. A
    step that made things worse is taken back half-way or more, and the reach shrinks; one that held what it
    promised lets it grow again. If that helps nothing twice, what was learnt is forgotten.

    Args:
        reach: greatest length of a first step.
        memory: how many slopes are remembered.
    """

    def __init__(self, reach: float, memory: int = 10) -> None:
        self.reach = reach
        self._first_reach, self._largest_reach = reach, 4 * reach
        self._pairs = deque[tuple[Tensor, Tensor]](maxlen=memory)
        self._at: tuple[Tensor, float, Tensor] | None = None
        self._failures = 0

    def next(self, position: Tensor, loss: float, gradient: Tensor) -> Tensor:
        """Go to the foot of the model, or back towards the last good position."""
        if self._at is not None:
            last, last_loss, last_gradient = self._at
            step = position - last
            promised = (last_gradient * step).sum().item()
            self._remember(step, gradient - last_gradient)
            if loss > last_loss + 1e-4 * promised:
                self._failures += 1
                if self._failures <= FAILURES:
                    return self._back(last, last_loss, step, promised, loss)
                # Not even so near can be had what was promised: start again from here.
                self._pairs.clear()
                self.reach = self._first_reach / 4
            self._failures = 0
            if loss < last_loss + 0.25 * promised:
                self.reach = min(2 * self.reach, self._largest_reach)
        self._at = (position, loss, gradient)
        return position + self._limit(self._direction(gradient))

    def _remember(self, step: Tensor, change: Tensor) -> None:
        """Keep a step and the change of slope along it, if the loss bends upwards there."""
        if (step * change).sum() > 1e-6 * step.norm() * change.norm():
            self._pairs.append((step, change))

    def _back(self, last: Tensor, last_loss: float, step: Tensor, promised: float, loss: float) -> Tensor:
        """Go to the foot of the parabola along the failed step, a tenth to a half of it."""
        foot = -promised / (2 * max(loss - last_loss - promised, 1e-12))
        share = min(max(foot, 0.1), 0.5)
        self.reach = min(self.reach, share * step.norm().item())
        return last + share * step

    def _direction(self, gradient: Tensor) -> Tensor:
        """Apply the inverse of the remembered curvature to the slope: the two loops of L-BFGS."""
        direction = -gradient
        shares = []
        for step, change in reversed(self._pairs):
            share = (step * direction).sum() / (step * change).sum()
            direction = direction - share * change
            shares.append(share)
        if self._pairs:
            step, change = self._pairs[-1]
            direction = direction * (step * change).sum() / change.square().sum()
        else:
            direction = direction / gradient.norm().clamp(min=1e-12) * self.reach
        for (step, change), share in zip(self._pairs, reversed(shares), strict=True):
            direction = direction + (share - (change * direction).sum() / (step * change).sum()) * step
        return direction

    def _limit(self, direction: Tensor) -> Tensor:
        """Shorten a step that goes beyond the reach."""
        length = direction.norm().item()
        return direction * min(1.0, self.reach / max(length, 1e-12))
