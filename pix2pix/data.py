"""Pairs of pictures in memory, and the batches that training draws from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from dnnlib.errors import EditorError

JITTER = 286 / 256  # How much larger a picture is made before it is cropped, as in the paper.


class DataError(EditorError):
    """A data set cannot be used as it is: the message names the file and what was expected."""


@dataclass(frozen=True)
class PairSet:
    """The pairs of one split, decoded.

    `inputs` and `targets` are uint8 [N, H, W, 3], in memory or mapped from a file; `names` has one for each
    pair. Where the targets are label maps, `palette` [classes, 3] uint8 holds the colours of their classes.
    """

    inputs: np.ndarray
    targets: np.ndarray
    names: tuple[str, ...]
    palette: np.ndarray | None = None

    def __post_init__(self) -> None:
        for pictures in (self.inputs, self.targets):
            if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[3] != 3:
                raise ValueError(
                    f"pairs are uint8 [N, H, W, 3], found {pictures.dtype} {list(pictures.shape)}"
                )
        if self.inputs.shape != self.targets.shape or len(self.names) != len(self.inputs):
            raise ValueError(
                f"inputs {list(self.inputs.shape)}, targets {list(self.targets.shape)} and "
                f"{len(self.names)} names do not belong together"
            )

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Sources:
    """Where pictures lie on this machine.

    `data` is the folder with a folder for each public set; `cache` the one for decoded sets that are too
    large for `memory` bytes; `offline` forbids fetching.
    """

    data: Path
    cache: Path
    memory: float = 4e9
    offline: bool = False


def to_tensor(pictures: np.ndarray) -> Tensor:
    """Pictures uint8 [N, H, W, 3] -> float32 [N, 3, H, W] in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def to_pictures(tensor: Tensor) -> np.ndarray:
    """Floats [N, 3, H, W] in -1..1 -> pictures uint8 [N, H, W, 3]; what lies outside is cut off."""
    scaled = tensor.detach().float().add(1).mul(127.5).round_().clamp_(0, 255)
    return np.ascontiguousarray(scaled.to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy())


# ----------------------------------------------------------------------------
# Which pairs come when, and how they are varied. Everything follows from the seed and the place in the run,
# so that a resumed run sees what an uninterrupted one would have seen, and several processes share one order.


def steps_per_epoch(count: int, batch: int) -> int:
    """How many steps make a pass over `count` pairs; the last batch is filled up from the order's start."""
    return -(-count // batch)


def indices_of_step(count: int, batch: int, seed: int, step: int) -> list[int]:
    """Say which pairs a step (from 0) shows: each epoch is a new random order of all of them."""
    epoch, place = divmod(step, steps_per_epoch(count, batch))
    order = np.random.default_rng((seed, epoch)).permutation(count)
    return [int(order[i % count]) for i in range(place * batch, (place + 1) * batch)]


def batch_of_step(
    pairs: PairSet,
    indices: Sequence[int],
    seed: int,
    step: int,
    *,
    jitter: bool,
    mirror: bool,
    first: int = 0,
) -> tuple[Tensor, Tensor]:
    """Load some pairs and vary them as the paper does; input and target of a pair alike.

    Args:
        indices: which pairs.
        seed, step: choose crop and mirroring, for each place in the batch on its own.
        jitter: enlarge by 286/256 and crop back at random.
        mirror: flip every other pair at random.
        first: the place of the first pair in the whole batch, where several processes share it.

    Returns:
        inputs and targets, float32 [N, 3, H, W] in -1..1.
    """
    inputs, targets = [], []
    for place, index in enumerate(indices, start=first):
        both = to_tensor(np.stack([pairs.inputs[index], pairs.targets[index]]))
        dice = np.random.default_rng((seed, step, place))
        if jitter:
            both = _jitter(both, dice)
        if mirror and dice.random() < 0.5:
            both = both.flip(3)
        inputs.append(both[0])
        targets.append(both[1])
    return torch.stack(inputs), torch.stack(targets)


def _jitter(pictures: Tensor, dice: np.random.Generator) -> Tensor:
    """Enlarge pictures [N, 3, H, W], and cut the old size out at a random place."""
    height, width = pictures.shape[2:]
    larger = (round(height * JITTER), round(width * JITTER))
    top, left = (int(dice.integers(0, larger[i] - (height, width)[i] + 1)) for i in (0, 1))
    # An interpolation of what is cropped away would be wasted, but at these sizes that costs a millisecond.
    enlarged = F.interpolate(pictures, larger, mode="bilinear", align_corners=False)
    return enlarged[:, :, top : top + height, left : left + width]
