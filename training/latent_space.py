"""Where the w of a generator lie: their mean, and the directions in which they spread."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.generator import GeneratorBase

_SAMPLES = 4000
# A direction this much shorter than the longest is no direction: no two w differ along it.
_FLAT = 1e-4


class LatentSpace(NamedTuple):
    """Mean and spread of w.

    Attributes:
        centre: [w_dim], the mean w.
        directions: [k, w_dim], the principal directions, each as long as its standard deviation.
        inverse: [w_dim, k], from a difference of w to its coordinates along the directions.
    """

    centre: Tensor
    directions: Tensor
    inverse: Tensor

    def coordinates(self, w: Tensor) -> Tensor:
        """Find where w [..., w_dim] lies, in standard deviations from the mean: [..., k]."""
        return (w - self.centre) @ self.inverse

    @property
    def typical_distance(self) -> float:
        """How far a w lies from the mean: the root of the mean square."""
        return float(self.directions.square().sum().sqrt())


@torch.no_grad()
def sample_w(generator: GeneratorBase, count: int, seed: int, label: int | None = None) -> Tensor:
    """Draw w [count, w_dim] of random z, of one class or, with None, of all."""
    device = next(generator.parameters()).device
    random = np.random.RandomState(seed)
    z = torch.from_numpy(random.randn(count, generator.z_dim)).float().to(device)
    c = torch.zeros(count, generator.c_dim, device=device)
    if generator.c_dim:
        c[
            torch.arange(count), label if label is not None else random.randint(generator.c_dim, size=count)
        ] = 1
    return generator.mapping(z, c)[:, 0]


def latent_space(generator: GeneratorBase, label: int | None = None, samples: int = _SAMPLES) -> LatentSpace:
    """Learn where w lie from a fixed few thousand of z."""
    w = sample_w(generator, samples, 0, label).double()
    centre = w.mean(dim=0)
    centred = w - centre
    variances, axes = torch.linalg.eigh(centred.t() @ centred / (len(w) - 1))
    lengths = variances.clamp(min=0).sqrt()
    kept = lengths > _FLAT * lengths.max().clamp(min=1e-12)
    axes, lengths = axes[:, kept].flip(1), lengths[kept].flip(0)
    return LatentSpace(centre.float(), (axes * lengths).t().float(), (axes / lengths).float())
