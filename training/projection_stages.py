"""The stages of a projection, each stepped from outside: what all share, and those that move w.

A stage evaluates the state that it is in, notes whether that is its best, and moves on; what it holds can be
written down and taken up again between any two steps.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from torch_utils.errors import CheckpointError
from training import networks_stylegan2
from training.generator import GeneratorBase
from training.latent_space import LatentSpace
from training.projection_config import ProjectorConfig

Ask = Callable[[Tensor], Tensor]
_WARM = 5


class Evaluation(NamedTuple):
    """A state as it was before the step that followed: picture [1, 3, h, w], distance, tuned weights."""

    rgb: Tensor
    distance: float
    best: bool
    weights: dict[str, Tensor]


def draw(
    generator: GeneratorBase,
    ws: Tensor,
    height: int | None = None,
    quick: bool = False,
    begun: networks_stylegan2.Begun | None = None,
) -> Tensor:
    """Make pictures [N, 3, h, w] float32 of ws [N, num_ws, w_dim].

    Args:
        generator: StyleGAN2 or StyleGAN3.
        ws: one w for each layer.
        height: of the pictures, px; None is the full one.
        quick: compute in bfloat16; colours are then good to about one of 255.
        begun: what `begin` gave for the same ws, of a StyleGAN2 with the same lowest blocks.
    """
    with torch.autocast(ws.device.type, torch.bfloat16, enabled=quick):
        if begun is not None and isinstance(generator, networks_stylegan2.Generator):
            rgb = generator.synthesis.end(ws, begun)
        elif height is None or height == generator.image_size[0]:
            rgb = generator.synthesis(ws, noise_mode="const")
        else:
            found = generator.taps(ws, rgb_resolution=height).rgb
            rgb = ws.new_empty(0) if found is None else found
    rgb = rgb.float()
    return rgb[:, :3] if rgb.shape[1] >= 3 else rgb[:, :1].expand(-1, 3, -1, -1)


def begin(generator: GeneratorBase, ws: Tensor, quick: bool = False) -> networks_stylegan2.Begun | None:
    """Compute what does not change while a generator is tuned; None where that is nothing."""
    if not isinstance(generator, networks_stylegan2.Generator):
        return None
    with torch.autocast(ws.device.type, torch.bfloat16, enabled=quick):
        return generator.synthesis.begin(ws)


def quick_floats_serve(generator: GeneratorBase, config: ProjectorConfig) -> bool:
    """Whether bfloat16 is wanted, and quick: on processors with AVX512-BF16, for StyleGAN2."""
    on_cpu = next(generator.parameters()).device.type == "cpu"
    is_known = isinstance(generator, networks_stylegan2.Generator)
    return config.quick_floats and on_cpu and is_known and torch.cpu._is_avx512_bf16_supported()


class Stage:
    """What all stages share: the optimiser, the count of steps, and the best state so far."""

    name = ""
    quick = False  # Whether it computes in bfloat16.

    def __init__(
        self, parameters: Mapping[str, Tensor], rate: float, steps: int, config: ProjectorConfig
    ) -> None:
        self.parameters = dict(parameters)
        self.steps, self.config = steps, config
        self.done, self.stale = 0, 0
        self.best_distance = math.inf
        self.mark = math.inf  # The distance that has to be undercut for a gain.
        self.best = {name: value.detach().clone() for name, value in self.parameters.items()}
        self._rate = rate
        values = list(self.parameters.values())
        self._optimiser = torch.optim.Adam(values, lr=rate, fused=values[0].device.type == "cpu")

    @property
    def ended(self) -> bool:
        """Whether there is no use in going on."""
        return self.done >= self.steps or self.stale >= self.config.patience

    def step(self) -> Evaluation:
        """Evaluate the present state, and move on."""
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * min(1.0, (self.done + 1) / _WARM) * _fall(self.done / self.steps)
        self._optimiser.zero_grad(set_to_none=True)
        rgb, distance, rest = self._evaluate()
        (distance + rest).backward()
        value = float(distance.detach())
        best = value < self.best_distance
        if best:
            self.best_distance = value
            self.best = {name: p.detach().clone() for name, p in self.parameters.items()}
        if value < self.mark * (1 - self.config.gain):
            self.mark, self.stale = value, 0
        else:
            self.stale += 1
        weights = self._weights(best)
        self._optimiser.step()
        self.done += 1
        return Evaluation(rgb.detach(), value, best, weights)

    def _weights(self, best: bool) -> dict[str, Tensor]:
        """Copy the weights that this state draws with, where they are not the generator's own."""
        return {}

    def _evaluate(self) -> tuple[Tensor, Tensor, Tensor]:
        raise NotImplementedError

    # ------------------------------------------------------------------------
    # Pausing.

    def tensors(self) -> dict[str, Tensor]:
        """Everything that going on needs, as tensors."""
        kept = {f"now.{name}": value.detach() for name, value in self.parameters.items()}
        kept |= {f"best.{name}": value for name, value in self.best.items()}
        for name, value in self.parameters.items():
            for key, entry in self._optimiser.state.get(value, {}).items():
                kept[f"{key}.{name}"] = entry
        kept["figures"] = torch.tensor(
            [self.done, self.stale, self.best_distance, self.mark], dtype=torch.float64
        )
        return kept

    def load(self, kept: Mapping[str, Tensor]) -> None:
        """Take up what `tensors` gave.

        Raises:
            CheckpointError: if it belongs to another stage.
        """
        try:
            with torch.no_grad():
                for name, value in self.parameters.items():
                    value.copy_(kept[f"now.{name}"])
                    self.best[name] = kept[f"best.{name}"].clone().to(value)
                    keys = ("step", "exp_avg", "exp_avg_sq")
                    if f"step.{name}" in kept:
                        self._optimiser.state[value] = {
                            key: kept[f"{key}.{name}"].clone().to("cpu" if key == "step" else value.device)
                            for key in keys
                        }
            done, stale, self.best_distance, self.mark = kept["figures"].tolist()
        except (KeyError, RuntimeError, ValueError) as error:
            raise CheckpointError(f"the paused projection does not fit this generator ({error})") from error
        self.done, self.stale = int(done), int(stale)


def _fall(share: float) -> float:
    """From 1 along a cosine to a twentieth."""
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))


class LatentStage(Stage):
    """Moves w: one shift for every layer, and in W+ besides one for each layer.

    Args:
        generator: draws; it is not changed.
        space: where its w lie; shifts are counted in its directions.
        start: [num_ws, w_dim].
        asks: what the distance is made of, summed; each is asked about the picture.
        height: of the picture that is drawn, px.
        plus: whether each layer has a shift of its own.
        steps: most steps.
        config: rate, natural, together, patience, gain.
    """

    def __init__(
        self,
        generator: GeneratorBase,
        space: LatentSpace,
        start: Tensor,
        asks: list[Ask],
        height: int,
        plus: bool,
        steps: int,
        config: ProjectorConfig,
    ) -> None:
        self.name = "w+" if plus else "w"
        self._generator, self._space, self._start = generator, space, start.detach()
        self._asks, self.height = asks, height
        # Where w is still far, half the size and half the digits will do.
        self.quick = height < generator.image_size[0] and quick_floats_serve(generator, config)
        place = space.coordinates(self._start)
        self._place = place.mean(dim=0)
        self._apart = place - self._place
        shared = torch.zeros_like(self._place, requires_grad=True)
        parameters = {"shared": shared}
        if plus:
            parameters["own"] = torch.zeros_like(place, requires_grad=True)
        super().__init__(parameters, config.plus_rate if plus else config.rate, steps, config)

    def w(self, parameters: Mapping[str, Tensor] | None = None) -> Tensor:
        """Give w [num_ws, w_dim] of a state, by default the present one."""
        parameters = self.parameters if parameters is None else parameters
        shift = parameters["shared"].expand(len(self._start), -1)
        if "own" in parameters:
            shift = shift + parameters["own"]
        return self._start + shift @ self._space.directions

    def _evaluate(self) -> tuple[Tensor, Tensor, Tensor]:
        rgb = draw(self._generator, self.w()[None], self.height, self.quick)
        distance = torch.stack([ask(rgb) for ask in self._asks]).sum()
        place = self._place + self.parameters["shared"]
        rest = self.config.natural * place.square().mean()
        if "own" in self.parameters:
            apart = self._apart + self.parameters["own"]
            rest = rest + self.config.together * apart.square().mean()
        return rgb, distance, rest
