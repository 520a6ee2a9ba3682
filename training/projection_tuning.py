"""The stage of a projection in which the generator's own weights learn: pivotal tuning."""

import copy
import re
from collections.abc import Mapping

import torch
from torch import Tensor

from training.distances import Distance
from training.generator import GeneratorBase
from training.latent_space import LatentSpace, sample_w
from training.networks_stylegan2 import Begun
from training.projection_config import ProjectorConfig
from training.projection_stages import Ask, Stage, begin, draw, quick_floats_serve

_ANCHORS = 4  # Other w whose pictures tuning is to leave alone.
_LOCALITY_EVERY, _LOCALITY_FIRST = 10, 5  # One step in so many looks at one of them; not the first of all.


class TuningStage(Stage):
    """Pivotal tuning (Roich et al. 2022, arXiv:2106.05744): w stays, a copy of the generator learns.

    The pictures of other w near the pivot are to stay as they are (locality regularisation, section 3.3).
    """

    name = "tuning"

    def __init__(
        self,
        generator: GeneratorBase,
        space: LatentSpace,
        pivot: Tensor,
        asks: list[Ask],
        distance: Distance,
        steps: int,
        config: ProjectorConfig,
    ) -> None:
        self._original, self._pivot, self._asks, self._distance = generator, pivot.detach(), asks, distance
        self.live = copy.deepcopy(generator)
        self.locality = config.locality
        self.height = generator.image_size[0]
        self._anchors = _anchors(generator, space, self._pivot, config)
        self._anchor_asks: dict[int, Ask] = {}
        self._begun: dict[str, Begun | None] = {}
        self.quick = quick_floats_serve(generator, config)
        chosen = tuned_parameters(self.live, config.tuned_from)
        for value in chosen.values():
            value.requires_grad_(True)
        super().__init__(chosen, config.tuning_rate, steps, config)

    def w(self, parameters: Mapping[str, Tensor] | None = None) -> Tensor:
        """Give the pivot [num_ws, w_dim]."""
        return self._pivot

    def _weights(self, best: bool) -> dict[str, Tensor]:
        if best:
            return dict(self.best)
        return {name: value.detach().clone() for name, value in self.parameters.items()}

    def _evaluate(self) -> tuple[Tensor, Tensor, Tensor]:
        rgb = self._draw(self.live, "pivot", self._pivot[None])
        distance = torch.stack([ask(rgb) for ask in self._asks]).sum()
        rest = distance.new_zeros([])
        if self.locality > 0 and self.done % _LOCALITY_EVERY == _LOCALITY_FIRST:
            index = self.done // _LOCALITY_EVERY % _ANCHORS
            other, name = self._anchors[index][None], f"other {index}"
            if index not in self._anchor_asks:
                with torch.no_grad():
                    self._anchor_asks[index] = self._distance(self._draw(self._original, name, other))
            rest = self.locality * self._anchor_asks[index](self._draw(self.live, name, other))
        return rgb, distance, rest

    def _draw(self, generator: GeneratorBase, name: str, ws: Tensor) -> Tensor:
        """Draw a w that has a name; what tuning leaves alone, in both generators, is computed once."""
        if name not in self._begun:
            self._begun[name] = begin(self.live, ws, self.quick)
        return draw(generator, ws, quick=self.quick, begun=self._begun[name])


def tuned_parameters(generator: GeneratorBase, least: int = 4) -> dict[str, Tensor]:
    """List what tuning may change: the synthesis, but for how much noise it lets in.

    Of StyleGAN2, blocks smaller than `least` px are left out; a smaller network is tuned whole.
    """
    chosen: dict[str, Tensor] = {
        name: value
        for name, value in generator.named_parameters()
        if name.startswith("synthesis.") and not name.endswith("noise_strength")
    }
    sizes = {name: re.match(r"synthesis\.b(\d+)\.", name) for name in chosen}
    fine = {name: chosen[name] for name, found in sizes.items() if found is None or int(found[1]) >= least}
    return fine or chosen


def _anchors(generator: GeneratorBase, space: LatentSpace, pivot: Tensor, config: ProjectorConfig) -> Tensor:
    """Choose other w [8, num_ws, w_dim]: from the pivot towards those of random z, up to the radius."""
    away = sample_w(generator, _ANCHORS, config.seed + 1)[:, None] - pivot
    length = away.mean(dim=1).norm(dim=1).clamp(min=1e-9)[:, None, None]
    reach = torch.linspace(0.25, 1.0, _ANCHORS, device=pivot.device)[:, None, None]
    return pivot + away / length * reach * config.locality_radius * space.typical_distance
