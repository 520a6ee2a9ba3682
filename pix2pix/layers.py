"""The layers of the networks: convolutions that are quick on small maps too, and normalisation."""

from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Norm = Literal["instance", "batch"]
NORMS: tuple[Norm, ...] = get_args(Norm)

# A map of at most so many pixels is convolved as one matrix product on the CPU, under bf16 autocast. There
# the library's own convolutions spend longer on reordering the weights, at each call, than on multiplying;
# in float32 they do not.
SMALL_MAP = 16 * 16


class Conv(nn.Conv2d):
    """A convolution; on the CPU in bf16, maps of up to `small` pixels go through unfold and a matrix product.

    Forward: [N, C, H, W] -> [N, out_channels, H', W'], the same numbers as nn.Conv2d up to rounding.
    """

    small = SMALL_MAP

    def forward(self, input: Tensor) -> Tensor:
        """Convolve."""
        if not _is_small(input, self.small) or self.groups != 1 or self.padding_mode != "zeros":
            return super().forward(input)
        # With whole-number padding, stride and dilation, unfold lists each window as a column.
        padding = (int(self.padding[0]), int(self.padding[1]))
        columns = F.unfold(input, _pair(self.kernel_size), _pair(self.dilation), padding, _pair(self.stride))
        rows, width = (
            (
                input.shape[axis + 2]
                + 2 * padding[axis]
                - self.dilation[axis] * (self.kernel_size[axis] - 1)
                - 1
            )
            // self.stride[axis]
            + 1
            for axis in (0, 1)
        )
        output = self.weight.flatten(1) @ columns
        if self.bias is not None:
            output = output + self.bias[:, None]
        return output.unflatten(2, (rows, width))


class UpConv(nn.ConvTranspose2d):
    """A transposed convolution; on the CPU in bf16, maps of up to `small` pixels go through fold.

    Forward: [N, C, H, W] -> [N, out_channels, H', W'], the same numbers as nn.ConvTranspose2d up to rounding.
    """

    small = SMALL_MAP

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Convolve, transposed."""
        if not _is_small(input, self.small) or output_size is not None or self.groups != 1:
            return super().forward(input, output_size)
        columns = self.weight.flatten(1).t() @ input.flatten(2)
        size = tuple(
            (input.shape[axis + 2] - 1) * self.stride[axis]
            - 2 * int(self.padding[axis])
            + self.dilation[axis] * (self.kernel_size[axis] - 1)
            + int(self.output_padding[axis])
            + 1
            for axis in (0, 1)
        )
        padding = (int(self.padding[0]), int(self.padding[1]))
        output = F.fold(
            columns, size, _pair(self.kernel_size), _pair(self.dilation), padding, _pair(self.stride)
        )
        return output if self.bias is None else output + self.bias[:, None, None]


def make_norm(kind: Norm, channels: int) -> nn.Module:
    """Make a normalisation layer for maps of so many channels, with a learned scale and shift.

    `instance` normalises each picture by its own statistics, in training and in use alike; at batch 1 that is
    what the paper's batch normalisation computes. `batch` uses the batch's statistics in training and running
    means in use.
    """
    if kind == "instance":
        return nn.InstanceNorm2d(channels, affine=True)
    return nn.BatchNorm2d(channels)


def initialise(network: nn.Module) -> None:
    """Draw the weights as the paper does: normal, spread 0.02; scales around 1; shifts and biases 0."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0.0, 0.02)
        elif isinstance(module, (nn.InstanceNorm2d, nn.BatchNorm2d)):
            nn.init.normal_(module.weight, 1.0, 0.02)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def use_library_convolutions(network: nn.Module) -> None:
    """Let small maps go through the library's convolutions too: for exports, and to compare with."""
    for module in network.modules():
        if isinstance(module, (Conv, UpConv)):
            module.small = 0


def _is_small(maps: Tensor, limit: int) -> bool:
    """Tell whether the matrix product wins: small maps, on the CPU, under autocast."""
    # Shapes come last: where they are not looked at, a trace of the network fits pictures of any size.
    where = limit > 0 and maps.device.type == "cpu" and torch.is_autocast_enabled("cpu")
    return where and maps.shape[-2] * maps.shape[-1] <= limit


def _pair(sizes: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns, as the functions want them typed."""
    return sizes[0], sizes[1]
