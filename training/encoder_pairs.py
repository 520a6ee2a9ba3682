"""What an encoder learns from: pictures, the w that they come of, and what cameras and files do to them."""

import io
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from training.encoder import INPUT_SIZE
from training.generator import GeneratorBase
from training.portraits import Z_DIM, factors_from_scores, render
from training.portraits.stream import sample_scores


def draws_portraits(generator: GeneratorBase) -> bool:
    """Whether a generator's latents are the renderer's: one linear layer from z (see fit_portraits)."""
    mapping = generator.mapping
    return generator.z_dim == Z_DIM and mapping.num_layers == 1 and generator.c_dim == 0


@torch.no_grad()
def pairs(
    generator: GeneratorBase, count: int, drawn_share: float, random: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Make a batch: pictures [N, 3, 128, 128] in -1..1, and the w [N, w_dim] of each.

    Of portraits, that share is drawn by the renderer, and the rest by the generator.
    """
    if not draws_portraits(generator):
        z = torch.randn([count, generator.z_dim], generator=random)
        psi = 0.4 + 0.7 * torch.rand([count, 1], generator=random)
        c = torch.zeros(count, generator.c_dim)
        w = generator.mapping.w_avg.lerp(generator.mapping(z, c)[:, 0], psi)
        return picture(generator, w), w
    scores = sample_scores(count, random)
    dense: Any = generator.mapping.get_submodule("fc0")
    w = dense.bias + scores @ (dense.weight * dense.weight_gain).t()
    own = count - round(drawn_share * count)
    drawn = render(factors_from_scores(scores[own:]), INPUT_SIZE).image
    return torch.cat([picture(generator, w[:own]), drawn]), w


def picture(generator: GeneratorBase, w: Tensor) -> Tensor:
    """Draw w [N, w_dim] at the size that the encoder reads."""
    ws = w[:, None].expand(-1, generator.num_ws, -1)
    size = min(generator.img_resolution, INPUT_SIZE)
    rgb = generator.taps(ws, rgb_resolution=size).rgb
    if rgb is None:
        raise ValueError("no picture")
    return F.interpolate(rgb, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True)


def spoil(rgb: Tensor, random: torch.Generator) -> Tensor:
    """Do to pictures [N, 3, S, S] what cameras and files do."""
    n, size = len(rgb), rgb.shape[-1]

    def some(share: float) -> Tensor:
        return (torch.rand([n, 1, 1, 1], generator=random) < share).float()

    def normal(channels: int = 1) -> Tensor:
        return torch.randn([n, channels, 1, 1], generator=random)

    dx, dy = torch.randint(-1, 2, [2], generator=random).tolist()
    rgb = F.pad(rgb, (1, 1, 1, 1), mode="replicate")[..., 1 + dy : size + 1 + dy, 1 + dx : size + 1 + dx]
    grey = rgb.mean(dim=1, keepdim=True)
    rgb = grey + (rgb - grey) * (1 + 0.15 * normal()).clamp(0.3, 2)
    rgb = rgb * torch.exp(0.12 * normal() + 0.03 * normal(3)) + 0.07 * normal() + 0.03 * normal(3)
    # Light from one side.
    line = torch.linspace(-1, 1, size)
    rgb = rgb + 0.12 * some(0.4) * (normal() * line[None, None, None] + normal() * line[None, None, :, None])
    small = int(torch.randint(size // 3, size, [], generator=random))
    blurred = F.interpolate(
        F.interpolate(rgb, size=(small, small), mode="area"), size=(size, size), mode="bilinear"
    )
    rgb = torch.lerp(rgb, blurred, some(0.4))
    noise = torch.randn(rgb.shape, generator=random)
    rgb = rgb + 0.08 * some(0.4) * torch.rand([n, 1, 1, 1], generator=random) * noise
    centre = torch.rand([n, 2, 1], generator=random)
    half = 0.03 + 0.1 * torch.rand([n, 2, 1], generator=random)
    inside = ((torch.linspace(0, 1, size) - centre).abs() < half).float()
    patch = (inside[:, 0, :, None] * inside[:, 1, None, :])[:, None] * some(0.2)
    rgb = torch.lerp(rgb, normal(3).clamp(-1, 1).expand_as(rgb), patch).clamp(-1, 1)
    return torch.stack([_jpeg(one, random) for one in rgb])


def _jpeg(rgb: Tensor, random: torch.Generator) -> Tensor:
    """Write every third picture as a JPEG of some quality, and read it again."""
    if float(torch.rand([], generator=random)) > 1 / 3:
        return rgb
    quality = int(torch.randint(25, 95, [], generator=random))
    pixels = (rgb * 127.5 + 128).clamp(0, 255).byte().permute(1, 2, 0).contiguous().numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    back = np.array(Image.open(file), dtype=np.float32)
    return torch.from_numpy(back / 127.5 - 1).permute(2, 0, 1)
