"""Which distance a projection takes: what was asked for, or the best that is on this machine."""

import os

import torch

from dnnlib.options import OptionError
from training.discriminator import discriminator_distance, load_discriminator
from training.distances import Distance, PixelDistance, PyramidDistance, StructureDistance, SumOfDistances
from training.lpips import load_lpips, missing

MEASURES = ("auto", "structure", "pyramid", "pixels", "discriminator", "lpips")
# Beside features, the structure keeps colours where they are; it counts this much there.
_BESIDE = 0.5


def choose_distance(
    wish: str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    device: torch.device | str = "cpu",
) -> tuple[Distance, str]:
    """Find a distance.

    Args:
        wish: one of MEASURES. "auto" takes LPIPS where its weights are on this machine, else the structure.
        checkpoint: the generator's file, which may hold a discriminator.
        device: where it is to compute.

    Returns:
        the distance, and its name for a person.

    Raises:
        OptionError: if there is no such distance, or the file holds no discriminator.
        CheckpointError: if weights that are needed cannot be read.
    """
    if wish == "auto":
        wish = "structure" if missing() else "lpips"
    if wish == "lpips":
        return SumOfDistances((1.0, load_lpips(device=device)), (_BESIDE, StructureDistance())), "LPIPS"
    if wish == "discriminator":
        network = None if checkpoint is None else load_discriminator(checkpoint, device)
        if network is None:
            raise OptionError(
                f"distance: {checkpoint or 'the generator'} holds no discriminator; take structure"
            )
        parts = (0.25, discriminator_distance(network)), (_BESIDE, StructureDistance())
        return SumOfDistances(*parts), "the checkpoint's discriminator"
    simple: dict[str, Distance] = {
        "structure": StructureDistance(), "pyramid": PyramidDistance(), "pixels": PixelDistance()
    }  # fmt: skip
    if wish not in simple:
        raise OptionError(f"distance: expected {' or '.join(MEASURES)}, found {wish!r}")
    return simple[wish], wish
