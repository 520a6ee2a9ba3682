"""Small networks of every family, with random weights: for pictures of the window and for its tests.

What they draw is patterns, not faces; but files, layers, margins, classes and shapes are those of the family.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from training import networks_stylegan2, networks_stylegan3
from training.checkpoint import save_generator
from training.generator import GeneratorBase


@dataclass(frozen=True)
class Family:
    """A family, and how a small network of it is made.

    Attributes:
        title: what the window calls it.
        module: of the network.
        kwargs: of its Generator, besides sizes.
        c_dim: how many classes it knows.
    """

    title: str
    module: Any = networks_stylegan2
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    c_dim: int = 0


_SPREAD = 0.4  # Standard deviation of a picture; it goes from -1 to 1.
_R = {"conv_kernel": 1, "use_radial_filters": True}

FAMILIES = {
    "stylegan2": Family("StyleGAN2"),
    "conditional": Family("StyleGAN2 with 10 classes", c_dim=10),
    "resnet": Family("StyleGAN2, residual", kwargs={"architecture": "resnet"}),
    "orig": Family("StyleGAN2, without skips", kwargs={"architecture": "orig"}),
    "human": Family("StyleGAN-Human", kwargs={"square": False}),
    "stylegan3-t": Family("StyleGAN3-T", networks_stylegan3),
    "stylegan3-r": Family("StyleGAN3-R", networks_stylegan3, _R),
}


def make_generator(name: str, resolution: int, seed: int = 0) -> GeneratorBase:
    """Make a network of a family with random weights, the same ones for the same seed.

    Args:
        name: a key of FAMILIES.
        resolution: height of its pictures, px.
        seed: of the weights.
    """
    family = FAMILIES[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator: GeneratorBase = family.module.Generator(
            64, family.c_dim, 64, resolution, 3,
            channel_base=16 * resolution, channel_max=64,
            mapping_kwargs={"num_layers": 2}, **family.kwargs,
        )  # fmt: skip
        for parameter in generator.mapping.parameters():
            if parameter.ndim == 1:
                torch.nn.init.normal_(parameter)
    for _ in range(3):
        _fill_the_range(generator)
    generator.metadata = {"title": f"{family.title}, random weights"}
    return generator.eval().requires_grad_(False)


def save_family(name: str, folder: Path, resolution: int) -> Path:
    """Write a network of a family to NAME.safetensors in a folder; returns the file."""
    path = folder / f"{name}.safetensors"
    save_generator(path, make_generator(name, resolution))
    return path


@torch.no_grad()
def _fill_the_range(generator: GeneratorBase) -> None:
    """Scale and shift the layers that make colours, so that pictures are neither flat nor burnt."""
    z = torch.randn(4, generator.z_dim, generator=torch.Generator().manual_seed(0))
    c = torch.eye(max(1, generator.c_dim))[:1, : generator.c_dim].expand(4, -1)
    pictures = generator(z, c, truncation_psi=0.7)
    share, middle = _SPREAD / max(float(pictures.std()), 1e-6), pictures.mean(dim=(0, 2, 3))
    synthesis: Any = generator.synthesis
    three = isinstance(synthesis, networks_stylegan3.SynthesisNetwork)
    last = synthesis.layer_names[-1] if three else "torgb"
    for name, parameter in generator.named_parameters():
        if name.endswith((f"{last}.weight", f"{last}.bias")):
            parameter.mul_(share)
    top = synthesis.get_submodule(last if three else f"b{generator.img_resolution}.torgb")
    top.bias -= share * middle / (synthesis.output_scale if three else 1)
