"""An encoder: a small network that reads from a picture the w that a generator would draw it with.

It answers in one w for all layers, as far from the mean as its training pairs were, so that what it gives
can be edited (the wish behind e4e: Tov et al. 2021, arXiv:2102.02766). An encoder belongs to one checkpoint,
known by its sha256, and is of no use to any other.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import Tensor, nn

from dnnlib.files import atomic_write
from torch_utils.errors import CheckpointError
from torch_utils.network_file import open_network_file
from torch_utils.safe_tensors import is_safetensors, parse_json, read_safetensors
from training.generator import GeneratorBase

# Side of the square picture that the network reads, px.
INPUT_SIZE = 128
# No coordinate of an answer is farther from the mean than this, in standard deviations.
_FARTHEST = 2.5

BUNDLED = (Path(__file__).resolve().parent.parent / "checkpoints" / "encoder-portraits-256.safetensors",)


class EncoderBlock(nn.Module):
    """A residual block: a wide depthwise convolution, then two of 1 x 1 (arXiv:2201.03545)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 5, padding=2, groups=channels)
        self.norm = nn.GroupNorm(1, channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, C, h, w] to the same shape."""
        return x + self.narrow(F.silu(self.widen(self.norm(self.depthwise(x)))))


class Encoder(nn.Module):
    """From pictures to w, as a walk from the mean w along the directions in which w spreads.

    Args:
        w_dim: components of w.
        widths: channels at 1/4, 1/8, 1/16 and 1/32 of the picture's side.
        blocks: residual blocks at each of them.
        hidden: width of the last hidden layer.
    """

    centre: Tensor
    directions: Tensor

    def __init__(
        self,
        w_dim: int,
        widths: tuple[int, ...] = (48, 96, 192, 256),
        blocks: tuple[int, ...] = (1, 2, 3, 2),
        hidden: int = 256,
    ) -> None:
        super().__init__()
        self.config: dict[str, Any] = {
            "w_dim": w_dim, "widths": list(widths), "blocks": list(blocks), "hidden": hidden
        }  # fmt: skip
        layers: list[nn.Module] = [nn.PixelUnshuffle(4), nn.Conv2d(48, widths[0], 3, padding=1)]
        for index, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            if index:
                layers.append(nn.Conv2d(widths[index - 1], width, 3, stride=2, padding=1))
            layers += [EncoderBlock(width) for _ in range(count)]
        self.body = nn.Sequential(*layers)
        cells = (INPUT_SIZE // 4 // 2 ** (len(widths) - 1)) ** 2
        self.norm = nn.GroupNorm(1, widths[-1])
        self.head = nn.Sequential(nn.Linear(cells * widths[-1], hidden), nn.SiLU(), nn.Linear(hidden, w_dim))
        self.register_buffer("centre", torch.zeros(w_dim))
        self.register_buffer("directions", torch.eye(w_dim))

    def shift(self, rgb: Tensor) -> Tensor:
        """Read pictures [N, 3, 128, 128] in -1..1: standard deviations from the mean w, [N, w_dim]."""
        x = self.body(rgb.contiguous(memory_format=torch.channels_last))
        return self.head(self.norm(x).flatten(1))

    def forward(self, rgb: Tensor) -> Tensor:
        """Read pictures [N, 3, 128, 128] in -1..1: w [N, w_dim]."""
        return self.centre + self.shift(rgb) @ self.directions

    @torch.no_grad()
    def encode(self, picture: npt.NDArray[np.uint8]) -> Tensor:
        """Read one picture, uint8 RGB [H, W, 3], aligned as the generator's are: w [w_dim].

        What the network says of pictures unlike those that it learnt from can be anything: its answer is
        taken back to where w lie.
        """
        device = self.centre.device
        rgb = torch.tensor(picture, device=device).permute(2, 0, 1)[None].float() / 127.5 - 1
        small = F.interpolate(rgb, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True)
        shift = self.shift(small)[0].nan_to_num().clamp(-_FARTHEST, _FARTHEST)
        shift = shift / shift.square().mean().sqrt().clamp(min=1.0)
        return self.centre + shift @ self.directions


# ----------------------------------------------------------------------------
# Files.


def save_encoder(
    path: str | os.PathLike[str], encoder: Encoder, generator_sha256: str, metadata: Mapping[str, str]
) -> None:
    """Write an encoder as .safetensors, weights in 16 bits, bound to its generator's file by that one's hash.

    Raises:
        FileError: if the file cannot be written.
    """
    tensors = {
        name: (value if name in ("centre", "directions") else value.half()).contiguous().clone()
        for name, value in encoder.state_dict().items()
    }
    about = {**metadata, "config": json.dumps(encoder.config), "generator_sha256": generator_sha256}
    content = save(tensors, about)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def load_encoder(
    path: str | os.PathLike[str], device: torch.device | str = "cpu"
) -> tuple[Encoder, dict[str, str]]:
    """Read an encoder and what its file says of it (generator_sha256 among others).

    Raises:
        CheckpointError: if the file is missing, damaged or holds something else.
    """
    with open_network_file(path) as file:
        if not is_safetensors(file):
            raise CheckpointError(f"{file.source}: not an encoder; expected a .safetensors file of one")
        metadata, state = read_safetensors(file)
        if "generator_sha256" not in metadata or "config" not in metadata:
            raise CheckpointError(f"{file.source}: does not hold an encoder; its metadata names no generator")
        config = parse_json(metadata["config"], f"{file.source}: its config")
        try:
            encoder = Encoder(**config)
            encoder.load_state_dict({name: stored.load().float() for name, stored in state.items()})
        except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
            reason = str(error).splitlines()[0][:200]
            raise CheckpointError(f"{file.source}: its tensors do not make an encoder ({reason})") from error
    return encoder.eval().requires_grad_(False).to(device), metadata


def find_encoder(generator: GeneratorBase, paths: tuple[Path, ...] = BUNDLED) -> Encoder | None:
    """Find the encoder that belongs to a generator's file, if one is on this machine."""
    for path in paths:
        if path.is_file():
            device = next(generator.parameters()).device
            encoder, metadata = load_encoder(path, device)
            if metadata["generator_sha256"] == generator.source_sha256:
                return encoder
    return None
