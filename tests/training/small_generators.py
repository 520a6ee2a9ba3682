"""Small generators of every kind, and what they draw."""

from typing import Any

import torch

from training import networks_stylegan2, networks_stylegan3

SMALL: dict[str, Any] = {"z_dim": 8, "c_dim": 0, "w_dim": 12, "img_resolution": 16, "img_channels": 3}
CHANNELS: dict[str, Any] = {"channel_base": 64, "channel_max": 8}
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "skip": (networks_stylegan2, {**CHANNELS, "mapping_kwargs": {"num_layers": 2}}),
    "conditional": (networks_stylegan2, {**CHANNELS, "c_dim": 3, "conv_clamp": 0.5}),
    "resnet": (networks_stylegan2, {**CHANNELS, "architecture": "resnet"}),
    "orig": (networks_stylegan2, {**CHANNELS, "architecture": "orig", "use_noise": False}),
    "nested": (networks_stylegan2, {"synthesis_kwargs": {**CHANNELS, "conv_clamp": 0.5}}),
    "narrow": (networks_stylegan2, {"synthesis_kwargs": CHANNELS, "square": False}),
    "stylegan3": (networks_stylegan3, {**CHANNELS, "num_layers": 6, "margin_size": 4}),
}


def make(kind):
    torch.manual_seed(0)
    module, kwargs = KINDS[kind]
    generator = module.Generator(**{**SMALL, **kwargs})
    for name, value in generator.named_parameters():
        if name.endswith("noise_strength"):
            torch.nn.init.constant_(value, 0.3)
    generator.mapping.w_avg.normal_()
    return generator.eval().requires_grad_(False)


def picture(generator):
    z = torch.randn([1, 8], generator=torch.Generator().manual_seed(1))
    return generator(z, truncation_psi=0.7)
