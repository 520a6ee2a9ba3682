"""Where a projection starts: the best of an encoder's answer, the mean w and many seeds."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from training.distances import StructureDistance, shrunk
from training.encoder import Encoder
from training.generator import GeneratorBase
from training.latent_space import LatentSpace, sample_w
from training.projection_config import ProjectorConfig
from training.projection_stages import draw

# Seeds are compared at this height, px: colours and the place of things are plain there.
_LOOK = 64
_BATCH = 8
_TRUNCATION = 0.7

Score = Callable[[Tensor], Tensor]


@torch.no_grad()
def choose_start(
    generator: GeneratorBase,
    space: LatentSpace,
    target: Tensor,
    config: ProjectorConfig,
    encoder: Encoder | None = None,
    score: Score | None = None,
    label: int | None = None,
) -> tuple[Tensor, str]:
    """Choose a w to start from.

    Args:
        generator: whose w is sought.
        space: where its w lie.
        target: [1, 3, H, W], about -1..1.
        config: seeds, seed.
        encoder: the one of this very generator, if there is one.
        score: takes pictures [N, 3, h, w] of candidates to what is to be added to their distances [N], for
            instance how far their landmarks are from the target's.
        label: the class of the seeds; None takes all.

    Returns:
        w [num_ws, w_dim], and a line that says where it is from.
    """
    candidates, names = [space.centre[None]], ["the mean w"]
    if config.seeds:
        seeds = sample_w(generator, config.seeds, config.seed, label)
        candidates.append(space.centre + _TRUNCATION * (seeds - space.centre))
        names += [f"the best of {config.seeds} seeds"] * config.seeds
    if encoder is not None:
        pixels = (target[0] * 127.5 + 128).clamp(0, 255).byte().permute(1, 2, 0)
        candidates.append(encoder.encode(pixels.cpu().numpy())[None].to(space.centre))
        names.append("the encoder")
    ws = torch.cat(candidates)[:, None].expand(-1, generator.num_ws, -1)
    height = min(_LOOK, generator.image_size[0])
    ask = StructureDistance()(shrunk(target, height))
    worth: list[float] = []
    for part in ws.split(_BATCH):
        rgb = draw(generator, part, height)
        own = torch.stack([ask(one[None]) for one in rgb])
        worth += (own if score is None else own + score(rgb).to(own)).tolist()
    best = int(np.argmin(worth))
    return ws[best].clone(), names[best]
