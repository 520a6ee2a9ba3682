"""An endless supply of training pairs: latents, their truncation, and the portraits they stand for."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .canvas import PARTS
from .factors import FACTOR_INDEX, Z_DIM, factors_from_scores
from .render import render

# What the expressions move. A share of the pairs shows them far outside the middle, so that the generator
# knows them.
EXPRESSIVE = (
    "eye_open", "eye_difference", "mouth_open", "smile", "brow_raise", "brow_slant",
    "face_width", "jaw_taper", "mouth_width", "nose_width", "face_length", "turn", "tilt", "gaze_x", "gaze_y",
)  # fmt: skip

_FEATURES = ("brow", "eye", "iris", "lid", "nose", "lip", "mouth", "teeth")


class Pairs(NamedTuple):
    """z [N, Z_DIM]; psi [N, 1]; image [N, 3, S, S] -1..1; weight [N, 1, S, S], how much a pixel's error
    counts, mean 1.
    """

    z: Tensor
    psi: Tensor
    image: Tensor
    weight: Tensor


class PortraitStream:
    """Draws pairs at one size and shows each `repeats` times, in mixed order, since drawing costs as much
    as learning.
    """

    def __init__(
        self, size: int, batch: int, generator: torch.Generator, repeats: int = 1, depth: int = 64
    ) -> None:
        self._size, self._batch, self._generator = size, batch, generator
        self._repeats, self._depth = repeats, depth
        self._kept: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []
        self._turn = 0

    def __iter__(self) -> "PortraitStream":
        return self

    def __next__(self) -> Pairs:
        self._turn += 1
        if len(self._kept) < self._depth or self._turn % self._repeats == 0:
            self._keep(self._draw())
            z, psi, image, marked = self._kept[-1]
        else:
            picks = torch.randint(len(self._kept) * self._batch, [self._batch], generator=self._generator)
            z, psi, image, marked = (
                torch.stack([self._kept[int(i) // self._batch][part][int(i) % self._batch] for i in picks])
                for part in range(4)
            )
        weight = 1 + 3 * marked.float()
        return Pairs(z, psi, image.float() / 127.5 - 1, weight / weight.mean())

    def _keep(self, drawn: tuple[Tensor, Tensor, Tensor, Tensor]) -> None:
        self._kept = [*self._kept[-self._depth * 2 :], drawn]

    def _draw(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        scores = sample_scores(self._batch, self._generator)
        portrait = render(factors_from_scores(scores), self._size)
        image = ((portrait.image + 1) * 127.5).round().to(torch.uint8)
        is_feature = torch.zeros(len(PARTS), dtype=torch.bool)
        is_feature[[PARTS.index(name) for name in _FEATURES]] = True
        marked = is_feature[portrait.labels.long()].float()[:, None]
        reach = max(1, self._size // 64)
        marked = F.max_pool2d(marked, 2 * reach + 1, stride=1, padding=reach).to(torch.uint8)
        return scores, scores.square().mean(dim=1, keepdim=True).sqrt(), image, marked


def sample_scores(count: int, generator: torch.Generator) -> Tensor:
    """Normal scores [count, Z_DIM] at truncations 0.4 to 1.1.

    Half of the rows have a few expressive factors anywhere in -3..3. As a latent, such a row s means its
    direction, truncated with psi = rms(s): any scores can be asked for that way.
    """
    scores = torch.randn([count, Z_DIM], generator=generator)
    scores = scores * (0.4 + 0.7 * torch.rand([count, 1], generator=generator))
    columns = torch.tensor([FACTOR_INDEX[name] for name in EXPRESSIVE])
    chosen = torch.rand([count, len(columns)], generator=generator) < 0.2
    chosen &= torch.rand([count, 1], generator=generator) < 0.5
    wide = torch.rand([count, len(columns)], generator=generator) * 6 - 3
    scores[:, columns] = torch.where(chosen, wide, scores[:, columns])
    return scores
