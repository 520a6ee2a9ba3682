"""The bundled landmark network: a small hourglass that turns a face into 68 heatmaps, and those into points.

Each heatmap is a probability over the cells of a grid and each landmark its mean (soft-argmax: Nibali et
al., 2018, arXiv:1801.07372), so that a landmark is finer than a cell and differentiable to the picture: a
guide can pull on it. The blocks are depthwise ones (Liu et al., 2022, arXiv:2201.03545), which are what a
CPU is quick at.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write

LANDMARKS = 68

# Side of the square picture that the network reads.
INPUT_SIZE = 128


class LandmarkFileError(EditorError):
    """A file that should hold a landmark network does not."""


class LandmarkReading(NamedTuple):
    """What a landmark network sees in N pictures.

    `landmarks` [N, 68, 2] (x, y) in 0..1 of the side; `score` [N] is the logit of "this picture holds a
    face"; `spread` [N, 68] is each heatmap's standard deviation, also in 0..1 of the side.
    """

    landmarks: Tensor
    score: Tensor
    spread: Tensor


def read_heatmaps(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Turn heatmap logits [N, 68, h, w] into means [N, 68, 2] and spreads [N, 68], in 0..1 of the side."""
    height, width = logits.shape[-2:]
    heat = logits.float().flatten(2).softmax(-1).unflatten(2, (height, width))
    x = (torch.arange(width, device=heat.device) + 0.5) / width
    y = (torch.arange(height, device=heat.device) + 0.5) / height
    columns, rows = heat.sum(2), heat.sum(3)
    mean_x, mean_y = columns @ x, rows @ y
    variance = columns @ x.square() - mean_x.square() + rows @ y.square() - mean_y.square()
    return torch.stack([mean_x, mean_y], dim=-1), variance.clamp(min=1e-12).sqrt()


class DepthwiseBlock(nn.Module):
    """A residual block: a wide depthwise convolution sees far, two 1 x 1 convolutions mix the channels."""

    def __init__(self, channels: int, dilation: int = 1) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(
            channels, channels, 5, padding=2 * dilation, dilation=dilation, groups=channels, bias=False
        )
        self.norm = nn.BatchNorm2d(channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, C, h, w] to the same shape."""
        return x + _mixed(self.narrow, F.silu(_mixed(self.widen, self.norm(self.depthwise(x)))))


class LandmarkNetwork(nn.Module):
    """An hourglass: down from half the picture's size to a thirty-second, up again, one heatmap a landmark.

    Args:
        widths: channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the picture's size.
        blocks: depthwise blocks at each size on the way down; one less on the way up, at least one.
    """

    def __init__(
        self, widths: tuple[int, ...] = (32, 64, 128, 160, 192), blocks: tuple[int, ...] = (1, 1, 2, 2, 2)
    ) -> None:
        super().__init__()
        self.config = {"widths": list(widths), "blocks": list(blocks)}
        self.stem = nn.Conv2d(3, widths[0], 3, stride=2, padding=1)
        steps = list(zip(widths, widths[1:], strict=False))
        self.shrink = nn.ModuleList(nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in steps)
        self.encode = nn.ModuleList(_chain(c, n) for c, n in zip(widths, blocks, strict=True))
        self.grow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in steps)
        self.decode = nn.ModuleList(
            _chain(c, max(n - 1, 1)) for (c, _), n in zip(steps, blocks, strict=False)
        )
        self.norm = nn.BatchNorm2d(widths[0])
        self.heatmaps = nn.Conv2d(widths[0], LANDMARKS, 1)
        self.judge_face = nn.Sequential(nn.Linear(widths[-1], 64), nn.SiLU(), nn.Linear(64, 1))

    def levels(self, rgb: Tensor) -> list[Tensor]:
        """See N pictures [N, 3, 128, 128], -1..1, at each size: [N, widths[i], h, w], the finest first."""
        x = self.encode[0](F.silu(self.stem(rgb.contiguous(memory_format=torch.channels_last))))
        seen = [x]
        for shrink, encode in zip(self.shrink, self.encode[1:], strict=True):
            seen.append(encode(F.silu(shrink(seen[-1]))))
        return seen

    def forward(self, rgb: Tensor) -> LandmarkReading:
        """Read N pictures.

        Args:
            rgb: [N, 3, 128, 128], -1..1.
        """
        *finer, x = self.levels(rgb)
        score = self.judge_face(x.float().mean(dim=(2, 3))).squeeze(1)
        for grow, decode, skip in zip(
            reversed(self.grow), reversed(self.decode), reversed(finer), strict=True
        ):
            x = decode(skip + F.interpolate(_mixed(grow, x), scale_factor=2.0, mode="bilinear"))
        landmarks, spread = read_heatmaps(_mixed(self.heatmaps, F.silu(self.norm(x))))
        return LandmarkReading(landmarks, score, spread)


def _mixed(convolution: nn.Module, x: Tensor) -> Tensor:
    """Apply a 1 x 1 convolution: with channels last it is one product of matrices, and nothing is moved."""
    weight, bias = convolution.get_parameter("weight"), convolution.get_parameter("bias")
    rows = F.linear(x.permute(0, 2, 3, 1), weight.flatten(1), bias)
    return rows.permute(0, 3, 1, 2)


class DilatedLandmarkNetwork(nn.Module):
    """A second network of another shape, to judge what the first one guided.

    It keeps one size, a quarter of the picture's, from end to end and sees far by dilation instead of
    shrinking (Yu and Koltun, 2016, arXiv:1511.07122), so that what fools the hourglass need not fool it.
    """

    def __init__(self, width: int = 64, dilations: tuple[int, ...] = (1, 1, 2, 4, 8, 4, 2, 1, 1)) -> None:
        super().__init__()
        self.config = {"width": width, "dilations": list(dilations)}
        # The four by four pixels of a cell become its channels: nothing is lost on the way to a quarter.
        self.stem = nn.Sequential(nn.PixelUnshuffle(4), nn.Conv2d(48, width, 3, padding=1))
        self.body = nn.Sequential(*(DepthwiseBlock(width, d) for d in dilations))
        self.norm = nn.BatchNorm2d(width)
        self.heatmaps = nn.Conv2d(width, LANDMARKS, 3, padding=1)
        self.judge_face = nn.Linear(width, 1)

    def forward(self, rgb: Tensor) -> LandmarkReading:
        """Read N pictures: rgb [N, 3, 128, 128], -1..1."""
        x = self.norm(self.body(self.stem(rgb).contiguous(memory_format=torch.channels_last)))
        score = self.judge_face(x.float().mean(dim=(2, 3))).squeeze(1)
        landmarks, spread = read_heatmaps(self.heatmaps(F.silu(x)))
        return LandmarkReading(landmarks, score, spread)


def _chain(channels: int, count: int) -> nn.Sequential:
    """Put depthwise blocks in a row."""
    return nn.Sequential(*(DepthwiseBlock(channels) for _ in range(count)))


# ----------------------------------------------------------------------------
# Files.

NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "hourglass": LandmarkNetwork,
    "dilated": DilatedLandmarkNetwork,
}


def save_landmark_network(path: Path, network: nn.Module, metadata: Mapping[str, str]) -> None:
    """Write a network as .safetensors: weights in 16 bits, its shape and what is known of it in the metadata.

    Raises:
        FileError: if the file cannot be written.
    """
    names = {kind: name for name, kind in NETWORKS.items()}
    tensors = {
        key: (value.half() if value.is_floating_point() else value).contiguous()
        for key, value in network.state_dict().items()
    }
    own = {"network": names[type(network)], "config": json.dumps(network.config)}
    with atomic_write(path) as temporary:
        save_file(tensors, temporary, metadata={**metadata, **own})


def load_landmark_network(path: Path, device: torch.device | str = "cpu") -> tuple[nn.Module, dict[str, str]]:
    """Read a network written by `save_landmark_network`, in eval mode, and its metadata.

    Raises:
        LandmarkFileError: if the file is missing, is no such file, or its weights are broken.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            tensors = {key: file.get_tensor(key) for key in file.keys()}
    except (OSError, SafetensorError) as error:
        reason = (
            "there is no such file" if isinstance(error, FileNotFoundError) else str(error).splitlines()[0]
        )
        raise LandmarkFileError(f"{path}: no landmark network can be read from it ({reason})") from error
    kind = NETWORKS.get(metadata.get("network", ""))
    if kind is None:
        raise LandmarkFileError(f"{path}: holds no landmark network ({' or '.join(NETWORKS)})")
    try:
        network = kind(**json.loads(metadata["config"]))
        network.load_state_dict({key: _full(value) for key, value in tensors.items()})
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise LandmarkFileError(f"{path}: its weights do not fit its own description") from error
    if not all(bool(value.isfinite().all()) for value in network.state_dict().values()):
        raise LandmarkFileError(f"{path}: holds weights that are not finite numbers; fetch or train it again")
    return channels_last(network.eval().requires_grad_(False).to(device)), metadata


def channels_last(network: nn.Module) -> nn.Module:
    """Lay the weights out as depthwise convolutions are quickest with."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _full(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value
