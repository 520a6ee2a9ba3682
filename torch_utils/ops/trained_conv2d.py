"""3×3 convolutions whose weights are trained, on a CPU: the weights' slopes of large maps, strip by strip.

PyTorch's own slope of the weights goes through a whole map for each part of them. Where the map is larger
than the processor's cache, that waits for memory: strips of a few rows, whose slopes are added up in float32,
take down to half the time.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch.nn.grad import conv2d_weight

# Maps of more bytes are worth strips; so many rows of the smaller map are one.
_LARGE = 6 * 2**20
_ROWS = 32
_SPREAD_ROWS = 16


def trained_conv2d(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Compute `F.conv2d(x, weight, padding=1)` for weight [O, I, 3, 3], in the float type of x."""
    # In float32 whole maps are as quick.
    if x.device.type == "cpu" and x.dtype == torch.bfloat16 and x.numel() * x.element_size() > _LARGE:
        return _Plain.apply(x, weight)
    return F.conv2d(x, weight.to(x.dtype), padding=1)


def trained_spread_conv2d(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Compute `F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)`, likewise."""
    spread = 4 * len(x) * x.shape[2] * x.shape[3] * len(weight) * x.element_size()
    if x.device.type == "cpu" and spread > _LARGE:
        return _Spread.apply(x, weight)
    return F.conv_transpose2d(x, weight.to(x.dtype).transpose(0, 1), stride=2)


class _Plain(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight.to(x.dtype), padding=1)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        x, weight = ctx.saved_tensors
        grad_x, total = None, None
        if ctx.needs_input_grad[0]:
            grad_x = F.conv_transpose2d(grad, weight.to(x.dtype), padding=1)
        if ctx.needs_input_grad[1]:
            height = x.shape[2]
            for top in range(0, height, _ROWS):
                bottom = min(top + _ROWS, height)
                # The row above a strip and the one below it are heard too; beyond the map they are zeros.
                around = x[:, :, max(top - 1, 0) : bottom + 1]
                if top == 0 or bottom == height:
                    around = F.pad(around, (0, 0, int(top == 0), int(bottom == height)))
                part = conv2d_weight(around, weight.shape, grad[:, :, top:bottom], padding=(0, 1))
                total = _added(total, part, weight)
        return grad_x, total


class _Spread(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv_transpose2d(x, weight.to(x.dtype).transpose(0, 1), stride=2)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        x, weight = ctx.saved_tensors
        turned = weight.transpose(0, 1)
        grad_x, total = None, None
        if ctx.needs_input_grad[0]:
            grad_x = F.conv2d(grad, turned.to(x.dtype), stride=2)
        if ctx.needs_input_grad[1]:
            for top in range(0, x.shape[2], _SPREAD_ROWS):
                rows = x[:, :, top : top + _SPREAD_ROWS]
                heard = grad[:, :, 2 * top : 2 * (top + rows.shape[2]) + 1]
                # What the map is to a transposed convolution, the slope is to a plain one of stride 2.
                total = _added(total, conv2d_weight(heard, turned.shape, rows, stride=2), weight)
        return grad_x, None if total is None else total.transpose(0, 1)


def _added(total: torch.Tensor | None, part: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    part = part.to(like.dtype)
    return part if total is None else total + part
